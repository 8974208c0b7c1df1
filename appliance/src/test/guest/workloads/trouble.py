#!/usr/bin/python3
"""Calls that can't be repeated without harm, while connections are cut and replies lost: trouble.py work|verify LOGS

Each call's outcome is the one that it must have if it is done exactly once. A second execution shows at once: an exclusive
creation, mkdir or link finds its own work there (EEXIST), a removal or rename finds it gone (ENOENT), an append is there
twice. At the end the directories' content is compared with what the calls returned.
"""

import errno
import fcntl
import json
import os
import sys

from check import check, equal, fork, pattern, read_file, refused, run, same_bytes, write_file
from control import mark, next_line


class Creations:
    """Exclusive creations of files, directories, symbolic links and links; each name once."""

    def step(self, number):
        fd = os.open(f"file-{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        os.write(fd, pattern(number % 5000, number))
        os.close(fd)
        os.mkdir(f"dir-{number}")
        os.symlink(f"file-{number}", f"symlink-{number}")
        os.link(f"file-{number}", f"link-{number}")
        refused(errno.EEXIST, os.mkdir, f"dir-{number}")
        refused(errno.EEXIST, os.link, f"file-{number}", f"link-{number}")

    def verify(self, steps):
        expected = {f"{kind}-{n}" for n in range(steps) for kind in ("file", "dir", "symlink", "link")}
        equal(set(os.listdir(".")) ^ expected, set(), "names that are there or not against expectation")
        for number in range(steps):
            same_bytes(read_file(f"link-{number}"), pattern(number % 5000, number), f"link-{number}")
            equal(os.stat(f"file-{number}").st_nlink, 2, f"links of file-{number}")
            equal(os.readlink(f"symlink-{number}"), f"file-{number}", f"symlink-{number}")


class Removals:
    """What is made is removed again, once."""

    def step(self, number):
        os.mkdir("dir")
        write_file("dir/file", b"x")
        refused(errno.ENOTEMPTY, os.rmdir, "dir")
        os.unlink("dir/file")
        refused(errno.ENOENT, os.unlink, "dir/file")
        os.rmdir("dir")
        refused(errno.ENOENT, os.rmdir, "dir")

    def verify(self, steps):
        equal(os.listdir("."), [], "names that were removed")


class Renames:
    """A file wanders, over others, which are made anew."""

    PLACES = 7

    def step(self, number):
        source, target = f"at-{number}", f"at-{number + 1}"
        if number == 0:
            write_file(source, b"wanderer")
        if number % 2:
            write_file(target, b"in the way")
        os.rename(source, target)
        refused(errno.ENOENT, os.rename, source, target)

    def verify(self, steps):
        equal(os.listdir("."), [f"at-{steps}"] if steps else [], "where the file is")
        if steps:
            same_bytes(read_file(f"at-{steps}"), b"wanderer", "the file")


class Appends:
    """One writer appends, and syncs each."""

    def step(self, number):
        fd = os.open("log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        record = pattern(1 + number * 37 % 3000, number)
        equal(os.write(fd, record), len(record), "bytes written")
        os.fsync(fd)
        os.close(fd)

    def verify(self, steps):
        if steps:
            same_bytes(read_file("log"), b"".join(pattern(1 + n * 37 % 3000, n) for n in range(steps)), "log")


class Counter:
    """A number in a file is raised under a lock, past the cache as locks have it."""

    def step(self, number):
        fd = os.open("counter", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.lockf(fd, fcntl.LOCK_EX)
        value = int(os.pread(fd, 20, 0) or b"0")
        equal(value, number, "counter")
        os.pwrite(fd, str(value + 1).encode(), 0)
        fcntl.lockf(fd, fcntl.LOCK_UN)
        os.close(fd)

    def verify(self, steps):
        if steps:
            equal(int(read_file("counter")), steps, "counter")


class Modes:
    """Attributes and sizes that are set one after the other."""

    def step(self, number):
        write_file("file", b"x" * 100, "ab" if number else "wb")
        os.truncate("file", 50 + number % 50)
        os.chmod("file", 0o600 | number % 8)
        equal(os.stat("file").st_size, 50 + number % 50, "size")

    def verify(self, steps):
        if steps:
            status = os.stat("file")
            equal((status.st_size, status.st_mode & 0o777), (50 + (steps - 1) % 50, 0o600 | (steps - 1) % 8), "file")


WORKERS = (Creations, Removals, Renames, Appends, Counter, Modes)


def steps_of(logs, worker):
    return os.path.join(logs, worker.__name__.lower())


def work_until_enough(logs, worker):
    directory = worker.__name__.lower()
    os.mkdir(directory)
    os.chdir(directory)
    this = worker()
    number = 0
    while not os.path.exists(os.path.join(logs, "enough")):
        this.step(number)
        number += 1
        write_file(steps_of(logs, worker), json.dumps(number).encode())
    write_file(steps_of(logs, worker), json.dumps(number).encode())


def work(logs):
    os.makedirs(logs)
    pids = [fork(work_until_enough, logs, worker) for worker in WORKERS]
    mark("WORKING")
    equal(next_line(), "enough", "line from the test")
    write_file(os.path.join(logs, "enough"), b"")
    for worker, pid in zip(WORKERS, pids):
        equal(os.waitpid(pid, 0)[1], 0, f"wait status of {worker.__name__}")


def verify(logs):
    top = os.getcwd()
    told = []
    for worker in WORKERS:
        steps = json.loads(read_file(steps_of(logs, worker)))
        check(steps > 0, f"{worker.__name__} did nothing")
        os.chdir(os.path.join(top, worker.__name__.lower()))
        worker().verify(steps)
        told.append(f"{worker.__name__} {steps}")
    mark("VERIFIED", ", ".join(told))


def main():
    command, logs = sys.argv[1:]

    def each_call_is_done_once():
        {"work": work, "verify": verify}[command](logs)

    run(each_call_is_done_once)


main()
