#!/usr/bin/python3
"""Two clients on one file system: locks between them, and each sees what the other did. Runs in both at once.

The guest named alpha leads where the two differ. Barriers order their steps; see control.py.
"""

import errno
import fcntl
import os
import re
import subprocess
import time

from check import SCALE, check, equal, fork, join, read_file, refused, run, same_bytes, write_file
from control import barrier

LEADS = os.environ["ATOLL_NAME"] == "alpha"
ME, OTHER = ("alpha", "beta") if LEADS else ("beta", "alpha")
NOWAIT = fcntl.LOCK_NB


def lock(fd, kind, start=0, length=0):
    fcntl.lockf(fd, kind, length, start)


def refused_lock(fd, kind, start, length):
    refused((errno.EAGAIN, errno.EACCES), lock, fd, kind | NOWAIT, start, length)


def record_locks_hold_between_clients():
    if LEADS:
        write_file("locked", bytes(1000))
    barrier("file-made")
    fd = os.open("locked", os.O_RDWR)
    if LEADS:
        lock(fd, fcntl.LOCK_EX, 100, 100)
    barrier("locked")
    if not LEADS:
        refused_lock(fd, fcntl.LOCK_EX, 150, 1)
        refused_lock(fd, fcntl.LOCK_SH, 0, 0)
        lock(fd, fcntl.LOCK_EX | NOWAIT, 200, 100)
    barrier("neighbour-locked")
    if LEADS:
        refused_lock(fd, fcntl.LOCK_EX, 250, 1)
        lock(fd, fcntl.LOCK_UN, 100, 100)
    barrier("unlocked")
    if not LEADS:
        lock(fd, fcntl.LOCK_EX | NOWAIT, 100, 100)
    barrier("taken-over")
    if LEADS:
        refused_lock(fd, fcntl.LOCK_EX, 100, 1)
    barrier("seen")
    os.close(fd)


def shared_locks_are_shared_between_clients():
    fd = os.open("locked", os.O_RDWR)
    barrier("shared-opened")
    lock(fd, fcntl.LOCK_SH | NOWAIT, 0, 100)
    barrier("shared-by-both")
    refused_lock(fd, fcntl.LOCK_EX, 0, 100)
    barrier("neither-may-upgrade")
    if not LEADS:
        os.close(fd)
    barrier("one-left")
    if LEADS:
        lock(fd, fcntl.LOCK_EX | NOWAIT, 0, 100)
        os.close(fd)


def flock_holds_between_clients():
    fd = os.open("locked", os.O_RDWR)
    barrier("flock-opened")
    if LEADS:
        fcntl.flock(fd, fcntl.LOCK_EX)
    barrier("flocked")
    if not LEADS:
        refused(errno.EWOULDBLOCK, fcntl.flock, fd, fcntl.LOCK_EX | NOWAIT)
        refused(errno.EWOULDBLOCK, fcntl.flock, fd, fcntl.LOCK_SH | NOWAIT)
    barrier("flock-refused")
    if LEADS:
        os.close(fd)
    barrier("flock-closed")
    if not LEADS:
        fcntl.flock(fd, fcntl.LOCK_EX | NOWAIT)
        os.close(fd)
    barrier("flock-done")


def waiting_lock_is_granted_when_the_other_client_unlocks():
    """The one that waits is called back: it need not ask every now and then."""
    fd = os.open("locked", os.O_RDWR)
    if LEADS:
        lock(fd, fcntl.LOCK_EX, 0, 10)
        os.pwrite(fd, b"first  ", 0)
    barrier("held")
    if LEADS:
        barrier("other-waits")
        os.pwrite(fd, b"granted", 0)
        lock(fd, fcntl.LOCK_UN, 0, 10)
    else:

        def wait():
            mine = os.open("locked", os.O_RDWR)
            lock(mine, fcntl.LOCK_EX, 0, 10)
            same_bytes(os.pread(mine, 7, 0), b"granted", "what the owner wrote before it unlocked")

        trace_callbacks()
        asked = lock_calls()
        waiter = fork(wait)
        while lock_calls() == asked:
            time.sleep(0.1)
        before = len(callbacks())
        barrier("other-waits")
        join(waiter)
        check(len(callbacks()) > before, "the server called back when the lock was free")
    barrier("granted")
    os.close(fd)


TRACING = "/sys/kernel/tracing"


def trace_callbacks():
    if not os.path.exists(f"{TRACING}/events"):
        subprocess.run(["mount", "-t", "tracefs", "nodev", TRACING], check=True)
    with open(f"{TRACING}/events/nfs4/nfs4_cb_sequence/enable", "w") as enable:
        enable.write("1")


def callbacks():
    """Those that this client was called for since they are traced."""
    with open(f"{TRACING}/trace") as trace:
        return [line for line in trace if "nfs4_cb_sequence:" in line]


def lock_calls():
    with open("/proc/self/mountstats") as stats:
        return sum(map(int, re.findall(r"\bLOCK:\s+(\d+)", stats.read())))


def counters_under_lock_lose_nothing():
    """A lock makes a client see what others wrote under it. Tried again and again: waiting clients back off for long."""
    steps = 40 * SCALE
    for name, acquire in (("fcntl", fcntl.lockf), ("flock", fcntl.flock)):
        path = f"counter-{name}"
        if LEADS:
            write_file(path, b"0")
        barrier(f"{path}-made")
        fd = os.open(path, os.O_RDWR)
        for _ in range(steps):
            acquire_soon(acquire, fd)
            value = int(os.pread(fd, 20, 0))
            os.pwrite(fd, str(value + 1).encode(), 0)
            acquire(fd, fcntl.LOCK_UN)
        os.close(fd)
        barrier(f"{path}-counted")
        equal(int(read_file(path)), 2 * steps, f"{path} after {steps} increments by each client")


def acquire_soon(acquire, fd):
    while True:
        try:
            acquire(fd, fcntl.LOCK_EX | NOWAIT)
            return
        except BlockingIOError:
            pass


def exclusive_creates_have_one_winner():
    count = 60 * SCALE
    if LEADS:
        os.mkdir("race")
    barrier("race-made")
    wins = []
    for number in range(count):
        try:
            fd = os.open(f"race/{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            continue
        os.write(fd, ME.encode())
        os.close(fd)
        wins.append(number)
    write_file(f"wins-{ME}", " ".join(map(str, wins)).encode())
    barrier("race-run")
    others = [int(number) for number in read_file(f"wins-{OTHER}").split()]
    equal(sorted(wins + others), list(range(count)), "each name won by one client")
    for number in others:
        equal(read_file(f"race/{number}"), OTHER.encode(), f"race/{number}")


def closed_files_are_seen_by_the_next_opener():
    for step in range(10 * SCALE):
        if LEADS == (step % 2 == 0):
            write_file("passed", f"{ME} {step}".encode() * (step + 1))
        barrier(f"written-{step}")
        writer = ME if LEADS == (step % 2 == 0) else OTHER
        same_bytes(read_file("passed"), f"{writer} {step}".encode() * (step + 1), f"step {step}")
        barrier(f"read-{step}")


def replaced_name_is_always_there():
    """One client replaces a file by rename again and again; the other opens it and sees one version, whole."""
    replacements = 60 * SCALE
    size = 20_000
    if LEADS:
        write_file("current", b"000000" * size)
    barrier("replaced-made")
    if LEADS:
        for step in range(replacements):
            write_file("next", f"{step:06d}".encode() * size)
            os.rename("next", "current")
        write_file("replaced-enough", b"")
    else:
        versions = set()
        while not os.path.exists("replaced-enough"):
            try:
                data = read_file("current")
            except OSError as error:
                # The file was removed after it was opened; its handle is stale. The name must have been there.
                equal(error.errno, errno.ESTALE, "error of opening a name that is being replaced")
                continue
            check(data == data[:6] * size, f"{len(data)} bytes of more than one version")
            versions.add(data[:6])
        print(f"    saw {len(versions)} versions of {replacements}")
    barrier("replaced-done")


def names_made_by_both_are_seen_by_both():
    count = 100 * SCALE
    if LEADS:
        os.mkdir("shared")
    barrier("shared-made")
    for number in range(count):
        write_file(f"shared/{ME}-{number}", ME.encode())
        if number % 2:
            os.rename(f"shared/{ME}-{number}", f"shared/{ME}-renamed-{number}")
    barrier("shared-filled")
    expected = {f"{who}-{number}" for who in (ME, OTHER) for number in range(0, count, 2)}
    expected |= {f"{who}-renamed-{number}" for who in (ME, OTHER) for number in range(1, count, 2)}
    equal(set(os.listdir("shared")), expected, "names")
    barrier("shared-listed")
    for number in range(0, count, 2):
        os.unlink(f"shared/{OTHER}-{number}")
    barrier("shared-removed")
    equal(set(os.listdir("shared")), {name for name in expected if "renamed" in name}, "names after removal")


run(
    record_locks_hold_between_clients,
    shared_locks_are_shared_between_clients,
    flock_holds_between_clients,
    waiting_lock_is_granted_when_the_other_client_unlocks,
    counters_under_lock_lose_nothing,
    exclusive_creates_have_one_winner,
    closed_files_are_seen_by_the_next_opener,
    replaced_name_is_always_there,
    names_made_by_both_are_seen_by_both,
)
