#!/usr/bin/python3
"""Byte-range locks (fcntl, of a process and of an open file) and flock, between processes of one client."""

import errno
import fcntl
import os
import struct

from check import SCALE, check, equal, fork, join, read_file, refused, run, write_file

NOWAIT = fcntl.LOCK_NB
# struct flock of 64-bit Linux: l_type, l_whence, l_start, l_len, l_pid
FLOCK = "hhqqi4x"
F_OFD_SETLK = 37


def lock(fd, kind, start=0, length=0):
    fcntl.lockf(fd, kind, length, start)


def owner_in_the_way(fd, kind, start, length):
    """What F_GETLK says: None if the lock could be had, else (type, start, length) of one that is in the way."""
    answer = fcntl.fcntl(fd, fcntl.F_GETLK, struct.pack(FLOCK, kind, os.SEEK_SET, start, length, 0))
    found, _, found_start, found_length, _ = struct.unpack(FLOCK, answer)
    return None if found == fcntl.F_UNLCK else (found, found_start, found_length)


def other_process(function, *arguments):
    def child():
        fd = os.open("locked", os.O_RDWR)
        function(fd, *arguments)

    join(fork(child))


def can_lock(fd, kind, start, length):
    lock(fd, kind | NOWAIT, start, length)
    lock(fd, fcntl.LOCK_UN, start, length)


def can_not_lock(fd, kind, start, length):
    refused((errno.EAGAIN, errno.EACCES), lock, fd, kind | NOWAIT, start, length)


def ranges_conflict_where_they_overlap():
    write_file("locked", bytes(1000))
    fd = os.open("locked", os.O_RDWR)
    lock(fd, fcntl.LOCK_EX, 100, 100)
    other_process(can_not_lock, fcntl.LOCK_EX, 150, 1)
    other_process(can_not_lock, fcntl.LOCK_SH, 199, 10)
    other_process(can_not_lock, fcntl.LOCK_EX, 0, 0)
    other_process(can_lock, fcntl.LOCK_EX, 200, 100)
    other_process(can_lock, fcntl.LOCK_EX, 0, 100)
    other_process(lambda child: equal(owner_in_the_way(child, fcntl.F_WRLCK, 0, 150),
                                      (fcntl.F_WRLCK, 100, 100), "F_GETLK"))
    other_process(lambda child: equal(owner_in_the_way(child, fcntl.F_WRLCK, 0, 100), None, "F_GETLK"))
    # Unlocking the middle leaves two.
    lock(fd, fcntl.LOCK_UN, 140, 20)
    other_process(can_lock, fcntl.LOCK_EX, 140, 20)
    other_process(can_not_lock, fcntl.LOCK_EX, 139, 1)
    other_process(can_not_lock, fcntl.LOCK_EX, 160, 1)
    os.close(fd)
    other_process(can_lock, fcntl.LOCK_EX, 0, 0)


def shared_locks_are_shared_and_change_in_place():
    fd = os.open("locked", os.O_RDWR)
    lock(fd, fcntl.LOCK_SH, 0, 100)
    other_process(can_lock, fcntl.LOCK_SH, 0, 100)
    other_process(can_not_lock, fcntl.LOCK_EX, 0, 100)
    lock(fd, fcntl.LOCK_EX | NOWAIT, 0, 50)
    other_process(can_not_lock, fcntl.LOCK_SH, 0, 50)
    other_process(can_lock, fcntl.LOCK_SH, 50, 50)
    lock(fd, fcntl.LOCK_SH, 0, 50)
    other_process(can_lock, fcntl.LOCK_SH, 0, 100)
    os.close(fd)


def locks_go_with_their_process():
    receiving, sending = os.pipe()
    wait, release = os.pipe()

    def child():
        fd = os.open("locked", os.O_RDWR)
        lock(fd, fcntl.LOCK_EX, 0, 0)
        os.write(sending, b".")
        os.read(wait, 1)

    pid = fork(child)
    os.read(receiving, 1)
    other_process(can_not_lock, fcntl.LOCK_EX, 5, 1)
    os.write(release, b".")
    join(pid)
    other_process(can_lock, fcntl.LOCK_EX, 0, 0)

    # POSIX: closing any descriptor of the file drops the process's locks.
    fd = os.open("locked", os.O_RDWR)
    lock(fd, fcntl.LOCK_EX, 0, 0)
    os.close(os.open("locked", os.O_RDONLY))
    other_process(can_lock, fcntl.LOCK_EX, 0, 0)
    os.close(fd)


def locks_of_an_open_file_conflict_within_a_process():
    first, second = os.open("locked", os.O_RDWR), os.open("locked", os.O_RDWR)

    def lock_open_file(fd, kind):
        fcntl.fcntl(fd, F_OFD_SETLK, struct.pack(FLOCK, kind, os.SEEK_SET, 0, 10, 0))

    lock_open_file(first, fcntl.F_WRLCK)
    refused((errno.EAGAIN, errno.EACCES), lock_open_file, second, fcntl.F_WRLCK)
    other_process(can_not_lock, fcntl.LOCK_EX, 0, 10)
    os.close(first)
    lock_open_file(second, fcntl.F_WRLCK)
    os.close(second)


def flock_locks_the_whole_file():
    first, second = os.open("locked", os.O_RDWR), os.open("locked", os.O_RDWR)
    fcntl.flock(first, fcntl.LOCK_EX)
    refused(errno.EWOULDBLOCK, fcntl.flock, second, fcntl.LOCK_EX | NOWAIT)
    refused(errno.EWOULDBLOCK, fcntl.flock, second, fcntl.LOCK_SH | NOWAIT)
    fcntl.flock(first, fcntl.LOCK_UN)
    fcntl.flock(first, fcntl.LOCK_SH)
    fcntl.flock(second, fcntl.LOCK_SH | NOWAIT)
    refused(errno.EWOULDBLOCK, fcntl.flock, first, fcntl.LOCK_EX | NOWAIT)
    os.close(first)
    fcntl.flock(second, fcntl.LOCK_EX | NOWAIT)
    os.close(second)


def waiting_lock_is_granted_when_the_other_goes():
    fd = os.open("locked", os.O_RDWR)
    lock(fd, fcntl.LOCK_EX, 0, 10)
    receiving, sending = os.pipe()

    def child():
        mine = os.open("locked", os.O_RDWR)
        os.write(sending, b".")
        lock(mine, fcntl.LOCK_EX, 0, 10)
        equal(os.pread(mine, 7, 0), b"granted", "what the previous owner wrote")

    pid = fork(child)
    os.read(receiving, 1)
    os.pwrite(fd, b"granted", 0)
    lock(fd, fcntl.LOCK_UN, 0, 10)
    join(pid)
    os.close(fd)


def counters_under_lock_lose_nothing():
    """Few steps: a client whose lock is refused polls for it, a second later at the soonest."""
    steps, processes = 15 * SCALE, 3
    for name, acquire in (("fcntl", fcntl.lockf), ("flock", fcntl.flock)):
        write_file(f"counter-{name}", b"0")

        def count(path=f"counter-{name}", acquire=acquire):
            fd = os.open(path, os.O_RDWR)
            for _ in range(steps):
                acquire(fd, fcntl.LOCK_EX)
                value = int(os.pread(fd, 20, 0))
                os.pwrite(fd, str(value + 1).encode(), 0)
                acquire(fd, fcntl.LOCK_UN)

        join(*(fork(count) for _ in range(processes)))
        check(int(read_file(f"counter-{name}")) == steps * processes,
              f"{name}: {processes} times {steps} increments made {read_file(f'counter-{name}')}")


run(
    ranges_conflict_where_they_overlap,
    shared_locks_are_shared_and_change_in_place,
    locks_go_with_their_process,
    locks_of_an_open_file_conflict_within_a_process,
    flock_locks_the_whole_file,
    waiting_lock_is_granted_when_the_other_goes,
    counters_under_lock_lose_nothing,
)
