#!/usr/bin/python3
"""Writers that note on the guest's own disk what the server acknowledged, while the test kills and restarts it.

crash.py write LOGS     runs the writers, in the working directory on the mount, until the test says `stop`. Whenever
                        each has made progress it marks PROGRESS and waits for a line; the writers go on meanwhile.
crash.py verify LOGS    checks all that was acknowledged.

The writers end orderly, so what was acknowledged last is exactly what must be there.
"""

import errno
import fcntl
import json
import mmap
import os
import random
import sqlite3
import subprocess
import sys
import time

from check import Violation, check, equal, fork, pattern, read_file, run, same_bytes, write_file
from control import mark, next_line

# Of each writer, after a restart.
ACKNOWLEDGED_PER_ROUND = 1
ROUND_SECONDS_MOST = 300
# Between two steps of a writer, so that the quick ones leave the slow ones their share of the emulated processor.
PAUSE_SECONDS = 0.1


def even_if_repeated(number, call, *arguments):
    """Calls, and takes for success the error which tells that the call has been executed already.

    A client repeats what was not answered. A server that was restarted in between has forgotten that it did it: reply
    caches seldom survive. So a removal may find nothing, and a creation its own result.
    """
    try:
        call(*arguments)
    except OSError as error:
        if error.errno != number:
            raise


def synced_write(path, data, flags=os.O_CREAT | os.O_TRUNC):
    fd = os.open(path, os.O_WRONLY | flags, 0o644)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)


class Files:
    """Each step makes a file and syncs it."""

    def prepare(self):
        pass

    def step(self, number):
        size = random.randrange(30_000)
        synced_write(f"file-{number}", pattern(size, number))
        return size

    def verify(self, sizes):
        equal(set(os.listdir(".")), {f"file-{number}" for number in range(len(sizes))}, "names")
        for number, size in enumerate(sizes):
            same_bytes(read_file(f"file-{number}"), pattern(size, number), f"file-{number}")


class Appends:
    """Each step appends a record to one file and syncs it."""

    def prepare(self):
        self.fd = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    @staticmethod
    def record(number):
        return b"%08d" % number + pattern(192, number)

    def step(self, number):
        os.write(self.fd, self.record(number))
        os.fsync(self.fd)

    def verify(self, acknowledged):
        expected = b"".join(self.record(number) for number in range(len(acknowledged)))
        same_bytes(read_file("log"), expected, "log")


class Overwrites:
    """Each step overwrites one block of a file, every other time half a block to the left; synced as it is written."""

    BLOCK, BLOCKS = 4096, 64

    def prepare(self):
        synced_write("blocks", bytes(self.BLOCK * (self.BLOCKS + 1)))
        self.fd = os.open("blocks", os.O_WRONLY | os.O_DSYNC)

    def step(self, number):
        offset = random.randrange(1, self.BLOCKS) * self.BLOCK - number % 2 * self.BLOCK // 2
        os.pwrite(self.fd, pattern(self.BLOCK, number), offset)
        return offset

    def verify(self, offsets):
        expected = bytearray(self.BLOCK * (self.BLOCKS + 1))
        for number, offset in enumerate(offsets):
            expected[offset : offset + self.BLOCK] = pattern(self.BLOCK, number)
        same_bytes(read_file("blocks"), bytes(expected), "blocks")


class Rewrites:
    """Each step truncates a file to nothing and writes it anew; or cuts what is there, or extends it with zeros."""

    def prepare(self):
        self.size = 0

    def step(self, number):
        size = random.randrange(50_000)
        if number % 3 == 0:
            synced_write("rewritten", pattern(size, number))
        else:
            os.truncate("rewritten", size)
        return size

    def verify(self, sizes):
        expected = b""
        for number, size in enumerate(sizes):
            if number % 3 == 0:
                expected = pattern(size, number)
            else:
                expected = expected[:size] + bytes(max(0, size - len(expected)))
        same_bytes(read_file("rewritten"), expected, "rewritten")


class Names:
    """Each step makes, renames, links and removes names. Nothing is synced: each of these is durable when it returns."""

    def prepare(self):
        pass

    def step(self, number):
        directory = f"directory-{number}"
        even_if_repeated(errno.EEXIST, os.mkdir, directory)
        os.close(os.open(f"{directory}/a", os.O_WRONLY | os.O_CREAT, 0o644))
        even_if_repeated(errno.ENOENT, os.rename, f"{directory}/a", f"{directory}/b")
        even_if_repeated(errno.EEXIST, os.link, f"{directory}/b", f"{directory}/c")
        even_if_repeated(errno.ENOENT, os.unlink, f"{directory}/b")
        even_if_repeated(errno.EEXIST, os.symlink, f"target-{number}", f"{directory}/d")
        os.chmod(f"{directory}/c", 0o400 + number % 0o100)
        if number >= 4 and number % 2 == 0:
            old = f"directory-{number - 4}"
            even_if_repeated(errno.ENOENT, os.unlink, f"{old}/c")
            even_if_repeated(errno.ENOENT, os.unlink, f"{old}/d")
            even_if_repeated(errno.ENOENT, os.rmdir, old)

    def verify(self, acknowledged):
        count = len(acknowledged)
        removed = {number - 4 for number in range(4, count) if number % 2 == 0}
        left = set(range(count)) - removed
        equal(set(os.listdir(".")), {f"directory-{number}" for number in left}, "directories")
        for number in left:
            directory = f"directory-{number}"
            equal(sorted(os.listdir(directory)), ["c", "d"], directory)
            equal(os.readlink(f"{directory}/d"), f"target-{number}", directory)
            status = os.stat(f"{directory}/c")
            equal((status.st_mode & 0o777, status.st_nlink), (0o400 + number % 0o100, 1), directory)


class Streams:
    """Each step writes a larger file at leisure and syncs at the end, so the client must send again what was lost."""

    PIECE, PIECES, FILES = 64 << 10, 24, 3

    # With the writes answered and not committed: the server commits them by itself after a second.
    PAUSE_SECONDS = 0.5

    def prepare(self):
        pass

    def step(self, number):
        with open(f"stream-{number % self.FILES}", "wb", buffering=0) as file:
            for piece in range(self.PIECES):
                file.write(pattern(self.PIECE, number * self.PIECES + piece))
                # Starts the writes without waiting for their commit.
                if piece % 8 == 7:
                    os.sched_yield()
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            time.sleep(self.PAUSE_SECONDS)
            os.fsync(file.fileno())

    def verify(self, acknowledged):
        for number in range(max(0, len(acknowledged) - self.FILES), len(acknowledged)):
            expected = b"".join(
                pattern(self.PIECE, number * self.PIECES + piece) for piece in range(self.PIECES))
            same_bytes(read_file(f"stream-{number % self.FILES}"), expected, f"stream of step {number}")


class Locks:
    """Holds one lock all the time, which the client must reclaim, and takes and gives others. I/O under a lost lock
    fails with EIO."""

    def prepare(self):
        self.fd = os.open("locked", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.lockf(self.fd, fcntl.LOCK_EX, 1000, 0)

    def step(self, number):
        fcntl.lockf(self.fd, fcntl.LOCK_EX, 10, 1000 + number % 7)
        os.pwrite(self.fd, b"%08d" % number, 0)
        os.fsync(self.fd)
        fcntl.lockf(self.fd, fcntl.LOCK_UN, 10, 1000 + number % 7)

    def verify(self, acknowledged):
        same_bytes(read_file("locked"), b"%08d" % (len(acknowledged) - 1), "last write under the lock")


class Commits:
    """Each step is a git commit with everything synced."""

    ATTEMPTS = 5

    def prepare(self):
        if not os.path.exists(".git"):
            self.git("init", "-q", "-b", "main")
        settings = {"core.fsync": "all", "maintenance.auto": "false",
                    "user.name": "Workload", "user.email": "workload@localhost"}
        for key, value in settings.items():
            self.git("config", key, value)

    @staticmethod
    def git(*arguments):
        result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        check(result.returncode == 0, f"git {arguments}: status {result.returncode}: {result.stderr}{result.stdout}")
        return result.stdout.strip()

    def step(self, number):
        """git takes a repeated rename or unlink for a failure and leaves its lock files; so it is helped up again."""
        for attempt in range(self.ATTEMPTS):
            try:
                write_file("file", pattern(2000, number))
                write_file(f"file-{number % 10}", b"%d" % number)
                self.git("add", "-A")
                if attempt == 0 or self.git("log", "--format=%s", "-1") != f"commit {number}":
                    self.git("commit", "-q", "-m", f"commit {number}")
                return
            except Violation as violation:
                print(f"    attempt {attempt}: {violation}", flush=True)
                for directory, _, names in os.walk(".git"):
                    for name in names:
                        if name.endswith(".lock"):
                            even_if_repeated(errno.ENOENT, os.unlink, os.path.join(directory, name))
        raise Violation(f"git failed {self.ATTEMPTS} times at commit {number}")

    def verify(self, acknowledged):
        self.git("fsck", "--full", "--strict", "--no-progress")
        expected = [f"commit {number}" for number in range(len(acknowledged))]
        equal(self.git("log", "--reverse", "--format=%s").split("\n"), expected, "commits")
        equal(self.git("status", "--porcelain"), "", "git status")


class Transactions:
    """Each step is an SQLite transaction over two tables."""

    ATTEMPTS = 5

    def prepare(self):
        self.connection = sqlite3.connect("rows.db", timeout=60, isolation_level=None)
        self.connection.execute("PRAGMA synchronous=EXTRA")
        self.connection.execute("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, data BLOB)")
        self.connection.execute("CREATE TABLE IF NOT EXISTS total (count INTEGER)")
        self.connection.execute("INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM total)")

    def step(self, number):
        """SQLite takes a repeated unlink of its journal for an I/O error; then what counts is what a new look finds."""
        for attempt in range(self.ATTEMPTS):
            try:
                if self.connection is None:
                    self.connection = sqlite3.connect("rows.db", timeout=60, isolation_level=None)
                    self.connection.execute("PRAGMA synchronous=EXTRA")
                if not self.connection.execute("SELECT 1 FROM row WHERE number = ?", (number,)).fetchone():
                    self.connection.execute("BEGIN IMMEDIATE")
                    self.connection.execute("INSERT INTO row VALUES (?, ?)", (number, pattern(3000, number)))
                    self.connection.execute("UPDATE total SET count = count + 1")
                    self.connection.execute("COMMIT")
                return
            except sqlite3.OperationalError as error:
                print(f"    attempt {attempt}: {error}", flush=True)
                self.connection.close()
                self.connection = None
        raise Violation(f"SQLite failed {self.ATTEMPTS} times at row {number}")

    def verify(self, acknowledged):
        connection = sqlite3.connect("rows.db")
        equal(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity check")
        rows = connection.execute("SELECT number, data FROM row ORDER BY number").fetchall()
        equal([number for number, _ in rows], list(range(len(acknowledged))), "rows")
        for number, data in rows:
            same_bytes(data, pattern(3000, number), f"row {number}")
        equal(connection.execute("SELECT count FROM total").fetchone()[0], len(rows), "total")


class Replacements:
    """Each step renames the book of a shelf over that of the next one, and puts a new, synced one in its place, which
    is renamed over an older draft."""

    SHELVES = 4

    def prepare(self):
        for shelf in range(self.SHELVES):
            os.makedirs(f"shelf-{shelf}", exist_ok=True)
            synced_write(f"shelf-{shelf}/book", b"")
            synced_write(f"shelf-{shelf}/draft", b"")

    def step(self, number):
        shelf = f"shelf-{number % self.SHELVES}"
        size = random.randrange(40_000)
        even_if_repeated(errno.ENOENT, os.rename, f"{shelf}/book", f"shelf-{(number + 1) % self.SHELVES}/book")
        synced_write(f"{shelf}/new", pattern(size, number))
        even_if_repeated(errno.ENOENT, os.rename, f"{shelf}/new", f"{shelf}/draft")
        even_if_repeated(errno.EEXIST, os.link, f"{shelf}/draft", f"{shelf}/book")
        return size

    def verify(self, sizes):
        books = [b""] * self.SHELVES
        drafts = [b""] * self.SHELVES
        for number, size in enumerate(sizes):
            shelf = number % self.SHELVES
            books[(shelf + 1) % self.SHELVES] = books[shelf]
            books[shelf] = drafts[shelf] = pattern(size, number)
        for shelf in range(self.SHELVES):
            equal(sorted(os.listdir(f"shelf-{shelf}")), ["book", "draft"], f"shelf-{shelf}")
            same_bytes(read_file(f"shelf-{shelf}/book"), books[shelf], f"shelf-{shelf}/book")
            same_bytes(read_file(f"shelf-{shelf}/draft"), drafts[shelf], f"shelf-{shelf}/draft")


class Blocks:
    """Each step is a run of fio that writes all blocks of a file in random order: in turns sixteen at a time past the
    client's cache, and one by one through it. First fio verifies, past the cache, what the last run on that file left:
    all of each block, which is made of its place and the number of its run, for a checksum alone would fit old blocks
    as well."""

    FILES = 3
    SIZE = "1m"
    ENGINES = (("--ioengine=libaio", "--iodepth=16", "--direct=1"), ("--ioengine=psync", "--fsync=16"))
    BLOCK_SIZES = ("4k", "16k", "64k", "8k")

    def prepare(self):
        pass

    def fio(self, number, *options):
        command = ["fio", "--name=run", "--thread", "--minimal", "--eta=never", "--rw=randwrite",
                   f"--filename=blocks-{number % self.FILES}", f"--size={self.SIZE}",
                   f"--bs={self.BLOCK_SIZES[number % len(self.BLOCK_SIZES)]}", f"--randseed={number + 1}",
                   "--verify=pattern", f"--verify_pattern=0x{number + 1:08x}%o", "--verify_fatal=1",
                   "--verify_state_save=0", *options]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        check(result.returncode == 0, f"{command}: status {result.returncode}: {result.stderr}{result.stdout}")

    def step(self, number):
        if number >= self.FILES:
            self.read_back(number - self.FILES)
        self.fio(number, "--do_verify=0", "--end_fsync=1", *self.ENGINES[number % len(self.ENGINES)])

    def read_back(self, number):
        self.fio(number, "--verify_only", "--direct=1", "--ioengine=psync")

    def verify(self, acknowledged):
        for number in range(max(0, len(acknowledged) - self.FILES), len(acknowledged)):
            self.read_back(number)


WRITERS = (Files, Appends, Overwrites, Rewrites, Names, Replacements, Streams, Locks, Commits, Transactions, Blocks)


def log_of(logs, writer):
    return os.path.join(logs, writer.__name__.lower())


class Counters:
    """How much each writer has had acknowledged, in memory that the processes share."""

    BYTES = 8

    def __init__(self, length):
        self.length = length
        self.memory = mmap.mmap(-1, length * self.BYTES)

    def set(self, index, value):
        self.memory[index * self.BYTES : (index + 1) * self.BYTES] = value.to_bytes(self.BYTES, "little")

    def all(self):
        return [int.from_bytes(self.memory[index * self.BYTES : (index + 1) * self.BYTES], "little")
                for index in range(self.length)]


def write_until_stopped(logs, index, counters):
    writer = WRITERS[index]
    directory = writer.__name__.lower()
    os.makedirs(directory, exist_ok=True)
    os.chdir(directory)
    this = writer()
    this.prepare()
    with open(log_of(logs, writer), "w", encoding="ascii", buffering=1) as log:
        number = 0
        while not os.path.exists(os.path.join(logs, "stop")):
            log.write(json.dumps(this.step(number)) + "\n")
            number += 1
            counters.set(index, number)
            time.sleep(PAUSE_SECONDS)


def await_progress(counters, pids, since):
    """Waits until each writer has had enough acknowledged since the given counts."""
    begin = time.monotonic()
    while True:
        progress = [count - before for count, before in zip(counters.all(), since)]
        if min(progress) >= ACKNOWLEDGED_PER_ROUND:
            return
        names = [writer.__name__ for writer in WRITERS]
        check(time.monotonic() - begin < ROUND_SECONDS_MOST,
              f"no recovery in {ROUND_SECONDS_MOST} s; acknowledged since: {dict(zip(names, progress))}")
        for name, pid in zip(names, pids):
            check(os.waitpid(pid, os.WNOHANG) == (0, 0), f"{name} ended by itself")
        time.sleep(0.1)


def write(logs):
    os.makedirs(logs, exist_ok=True)
    counters = Counters(len(WRITERS))
    pids = [fork(write_until_stopped, logs, index, counters) for index in range(len(WRITERS))]
    rounds = 0
    while True:
        begin = time.monotonic()
        await_progress(counters, pids, counters.all())
        mark("PROGRESS", f"{rounds} {sum(counters.all())} acknowledged, the last after {time.monotonic() - begin:.1f} s")
        line = next_line()
        if line == "stop":
            break
        equal(line, "restarted", "line from the test")
        rounds += 1
    write_file(os.path.join(logs, "stop"), b"")
    for writer, pid in zip(WRITERS, pids):
        equal(os.waitpid(pid, 0)[1], 0, f"wait status of {writer.__name__}")


def verify(logs):
    top = os.getcwd()
    for writer in WRITERS:
        with open(log_of(logs, writer), encoding="ascii") as file:
            returned = [json.loads(line) for line in file]
        os.chdir(os.path.join(top, writer.__name__.lower()))
        print(f"    {writer.__name__}: {len(returned)} acknowledged", flush=True)
        writer().verify(returned)


def main():
    command, logs = sys.argv[1:]

    def acknowledged_steps_survive():
        {"write": write, "verify": verify}[command](logs)

    run(acknowledged_steps_survive)


main()
