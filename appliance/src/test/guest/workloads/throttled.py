#!/usr/bin/python3
"""What a client sees whose file system is permitted 2 metered MiB a second: that rate, no error, and its lock kept."""

import fcntl
import os
import subprocess
import time

from check import SCALE, check, fork, join, run

RATE_MIB_PER_SECOND = 2
SECONDS = 60 * SCALE
MIB = 1 << 20


def look_around(until):
    """One small request after the other, beside the large ones."""
    looks = 0
    while not os.path.exists(until):
        os.listdir(".")
        with open("looked", "w", encoding="ascii") as file:
            file.write(str(looks))
        looks += 1
    check(looks > 0, "nothing else came to its turn")


def dd_sees_the_rate_and_no_error():
    locked = os.open("locked", os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.lockf(locked, fcntl.LOCK_EX)
    beside = fork(look_around, "done")
    count = RATE_MIB_PER_SECOND * SECONDS
    begun = time.monotonic()
    subprocess.run(
        ["dd", "if=/dev/zero", "of=throttled", "bs=1M", f"count={count}", "conv=fsync"], check=True)
    took = time.monotonic() - begun
    with open("done", "w", encoding="ascii"):
        pass
    join(beside)
    print(f"    {count} MiB in {took:.1f} s")
    check(took >= 0.97 * SECONDS - 1, f"{count} MiB took {took:.1f} s: more than the permitted rate")
    check(os.stat("throttled").st_size == count * MIB, "not all was written")
    # An I/O error would tell that the lock was lost with the lease.
    os.pwrite(locked, b"mine", 0)
    os.fsync(locked)
    fcntl.lockf(locked, fcntl.LOCK_UN)


run(dd_sees_the_rate_and_no_error)
