#!/usr/bin/python3
"""The guest named alpha holds a lock and writes under it; then it is frozen for longer than its lease, and beta waits
for the lock, gets it, and writes. Thawed, alpha is told at its next write that the lock is lost, and what it had not
written does not come over what beta wrote."""

import errno
import fcntl
import os
import time

from check import check, refused, run, same_bytes, write_file
from control import await_line, barrier, mark

IS_ALPHA = os.environ["ATOLL_NAME"] == "alpha"
BOUND_SECONDS = 240
ALPHAS, BETAS, LATE = b"alpha" * 800, b"beta!" * 800, b"late!" * 800


def a_frozen_client_learns_that_its_lock_was_given_away():
    if IS_ALPHA:
        write_file("file", bytes(len(ALPHAS)))
        write_file("quiet", b"nobody else wants this")
    barrier("made")
    fd = os.open("file", os.O_RDWR)
    if IS_ALPHA:
        alpha(fd)
    else:
        beta(fd)
    barrier("learnt")
    with open("file", "rb") as file:
        same_bytes(file.read(), BETAS, "what the new holder wrote")


def alpha(fd):
    fcntl.lockf(fd, fcntl.LOCK_EX)
    quiet = os.open("quiet", os.O_RDWR)
    os.pwrite(fd, ALPHAS, 0)
    os.fsync(fd)
    barrier("held")
    os.pwrite(fd, LATE, 0)  # to the page cache; the freeze may come before or after it is sent
    mark("HOLDS")
    await_line("thawed")
    # The client finds out with its next request, or with what it still had to write.
    refused(errno.EIO, write_until_told, fd)
    try:
        os.close(fd)
    except OSError as error:
        check(error.errno == errno.EIO, f"unexpected {error} at closing")
    # What nobody wanted meanwhile it has again, or opens anew.
    same_bytes(os.pread(quiet, 100, 0), b"nobody else wants this", "a file that nobody else wanted")
    os.close(quiet)


def write_until_told(fd):
    begin = time.monotonic()
    while time.monotonic() - begin < BOUND_SECONDS:
        os.pwrite(fd, LATE, 0)
        os.fsync(fd)
        time.sleep(0.2)


def beta(fd):
    barrier("held")
    check(not locked(fd), "a lock that another client holds was given")
    await_line("alpha is frozen")
    begin = time.monotonic()
    while not locked(fd):
        check(time.monotonic() - begin < BOUND_SECONDS, f"a frozen client's lock still holds after {BOUND_SECONDS} s")
        time.sleep(0.5)
    print(f"    given after {time.monotonic() - begin:.0f} s", flush=True)
    os.pwrite(fd, BETAS, 0)
    os.fsync(fd)
    mark("TAKEN")


def locked(fd):
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        check(error.errno in (errno.EAGAIN, errno.EACCES), f"unexpected {error}")
        return False


run(a_frozen_client_learns_that_its_lock_was_given_away)
