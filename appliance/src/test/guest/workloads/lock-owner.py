#!/usr/bin/python3
"""The guest named beta locks a file. The lock outlives the server, which the test kills and restarts; but not beta, which
the test kills then: alpha gets the lock once beta's lease has run out."""

import errno
import fcntl
import os
import time

from check import check, run, same_bytes, write_file
from control import await_line, barrier, mark, next_line

LEADS = os.environ["ATOLL_NAME"] == "alpha"
# A lease or two, whatever the server grants within reason.
BOUND_SECONDS = 240


def lock_outlives_the_server_but_not_its_owner():
    if LEADS:
        write_file("held", bytes(100))
    barrier("made")
    fd = os.open("held", os.O_RDWR)
    if not LEADS:
        fcntl.lockf(fd, fcntl.LOCK_EX)
    barrier("held")
    if LEADS:
        check(not locked(fd), "a lock that another client holds was given")
    barrier("refused")  # and meanwhile the test kills and restarts the server
    if not LEADS:
        os.pwrite(fd, b"beta was here", 0)
        os.fsync(fd)
        barrier("reclaimed")
        next_line()  # never comes
    barrier("reclaimed")
    check(not locked(fd), "a lock that another client has reclaimed was given")
    mark("REFUSED")
    await_line("beta is dead")
    begin = time.monotonic()
    while not locked(fd):
        check(time.monotonic() - begin < BOUND_SECONDS, f"a dead client's lock still holds after {BOUND_SECONDS} s")
        time.sleep(0.5)
    print(f"    freed after {time.monotonic() - begin:.0f} s")
    same_bytes(os.pread(fd, 13, 0), b"beta was here", "what the dead client had synced")
    os.close(fd)


def locked(fd):
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        check(error.errno in (errno.EAGAIN, errno.EACCES), f"unexpected {error}")
        return False


run(lock_outlives_the_server_but_not_its_owner)
