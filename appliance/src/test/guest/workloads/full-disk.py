#!/usr/bin/python3
"""Fills the server's disk, meets ENOSPC, deletes, writes again: nothing acknowledged is lost, and nothing hangs.

For a server on a small disk of its own.
"""

import errno
import mmap
import os
import sqlite3
import time

from check import (check, equal, forget_cached, fork, join, pattern, read_file, refused, run, same_bytes, write_file)

PIECE = 64 << 10
FILE_BYTES = 4 * PIECE
ROW_BYTES = 16 << 10
SMALL_FILES_MOST = 400
RENAMES = 60
# Rows of each database that is rolled back, and of these in its cache at most: the others go to the file.
CHANGED_ROWS = 64
CACHED_PAGES = 8
FULL_WITHIN_SECONDS = 1200
# Freed space is the server's again when the removal is durable and nobody reads there any more.
FREED_SECONDS_MOST = 60
# What the client's own notes are: outside the mount, on its own disk.
NOTES = "/root/full-disk"


def note(name, count):
    write_file(f"{NOTES}/{name}", str(count).encode())


def noted(name):
    return int(read_file(f"{NOTES}/{name}"))


def is_full(call, *arguments):
    """Calls; true if there was no space for it. Any other error is a violation."""
    try:
        call(*arguments)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return True
    return False


def synced_write(path, data):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        written = 0
        while written < len(data):
            written += os.write(fd, data[written:])
        os.fsync(fd)
    finally:
        try:
            os.close(fd)
        except OSError as error:
            # Told by fsync already, and told once more.
            if error.errno != errno.ENOSPC:
                raise


def write_files(name):
    """Buffered, each file synced; the one that did not fit is removed."""
    os.makedirs(name, exist_ok=True)
    count = 0
    while not is_full(synced_write, f"{name}/{count}", pattern(FILE_BYTES, count)):
        count += 1
    if os.path.exists(f"{name}/{count}"):
        os.unlink(f"{name}/{count}")
    note(name, count)


def verify_files(name):
    count = noted(name)
    equal(set(os.listdir(name)), {str(number) for number in range(count)}, name)
    for number in range(count):
        same_bytes(read_file(f"{name}/{number}"), pattern(FILE_BYTES, number), f"{name}/{number}")


def write_direct():
    """Past the cache: a write that returns is durable, and one that fails has changed nothing before it."""
    fd = os.open("direct", os.O_WRONLY | os.O_CREAT | os.O_DIRECT, 0o644)
    memory = mmap.mmap(-1, PIECE)
    count = 0
    while True:
        memory[:] = pattern(PIECE, count)
        if is_full(os.pwrite, fd, memory, count * PIECE):
            break
        count += 1
    os.close(fd)
    note("direct", count)


def verify_direct():
    content = read_file("direct")
    for number in range(noted("direct")):
        same_bytes(content[number * PIECE : (number + 1) * PIECE], pattern(PIECE, number), f"direct, piece {number}")


def make_small_files():
    """Names and little content: what needs no block may still fit when blocks don't."""
    os.makedirs("small", exist_ok=True)
    count = 0
    while count < SMALL_FILES_MOST and not is_full(synced_write, f"small/{count}", b"%d" % count):
        count += 1
    note("small", count)
    if os.path.exists(f"small/{count}"):
        os.unlink(f"small/{count}")


def verify_small_files():
    count = noted("small")
    equal(set(os.listdir("small")), {str(number) for number in range(count)}, "small")
    for number in range(count):
        same_bytes(read_file(f"small/{number}"), b"%d" % number, f"small/{number}")


def rename():
    os.makedirs("names", exist_ok=True)
    write_file("names/0", b"renamed")
    count = 0
    while count < RENAMES and not is_full(os.rename, f"names/{count}", f"names/{count + 1}"):
        count += 1
        time.sleep(0.1)
    note("names", count)


def verify_renamed():
    equal(os.listdir("names"), [str(noted("names"))], "names")
    equal(read_file(f"names/{noted('names')}"), b"renamed", "content of what was renamed")


def connect(name="rows"):
    connection = sqlite3.connect(f"{name}.db", timeout=60, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, data BLOB)")
    return connection


def insert_rows(first, most):
    """Inserts until SQLite finds the disk full, which it tells as such, or of its journal, as it makes or writes it."""
    connection = connect()
    number = first
    try:
        while number < most:
            connection.execute("INSERT INTO row VALUES (?, ?)", (number, pattern(ROW_BYTES, number)))
            number += 1
    except sqlite3.OperationalError as error:
        told = ("full", "I/O", "unable to open")
        check(any(words in str(error) for words in told), f"SQLite: {error}")
    note("rows", number)


def verify_rows(name="rows"):
    """In place: what a full disk left half done, SQLite rolls back first, in the file itself."""
    connection = connect(name)
    equal(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)], f"integrity check of {name}")
    rows = connection.execute("SELECT number, data FROM row ORDER BY number").fetchall()
    equal([number for number, _ in rows], list(range(noted(name))), name)
    for number, data in rows:
        same_bytes(data, pattern(ROW_BYTES, number), f"{name}, row {number}")
    connection.close()
    check(not os.path.exists(f"{name}.db-journal"), f"{name} has a journal still")


def make_rows(name):
    connection = connect(name)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO row VALUES (?, ?)", ((n, pattern(ROW_BYTES, n)) for n in range(CHANGED_ROWS)))
    connection.execute("COMMIT")
    connection.close()
    note(name, CHANGED_ROWS)


def change_rows(name, end):
    """Changes all rows, not all in memory, and ends that when the disk is full."""
    connection = connect(name)
    before = os.stat(f"{name}.db").st_mtime_ns
    connection.execute(f"PRAGMA cache_size={CACHED_PAGES}")
    connection.execute("BEGIN IMMEDIATE")
    for number in range(CHANGED_ROWS):
        connection.execute("UPDATE row SET data = ? WHERE number = ?", (pattern(ROW_BYTES, ~number), number))
    check(os.stat(f"{name}.db").st_mtime_ns != before, f"nothing of the change has got to {name}.db")
    wait_for_the_full_disk()
    end(connection)


def wait_for_the_full_disk():
    begin = time.monotonic()
    while not all(os.path.exists(f"{NOTES}/{writer}") for writer in ("one", "two", "direct")):
        check(time.monotonic() - begin < FULL_WITHIN_SECONDS, "the disk does not become full")
        time.sleep(0.2)


def roll_back(connection):
    connection.execute("ROLLBACK")
    connection.close()


def die(connection):
    """Its journal stays, for whoever opens the database next."""
    os._exit(0)


def space():
    """Total, free and available bytes, as df sees them."""
    status = os.statvfs(".")
    total, free, available = (count * status.f_frsize for count in (status.f_blocks, status.f_bfree, status.f_bavail))
    check(0 <= available <= free <= total, f"total {total}, free {free}, available {available} bytes")
    print(f"    df: {total >> 10} KiB, {available >> 10} available", flush=True)
    return total, available


def verify_all():
    forget_cached()
    verify_files("one")
    verify_files("two")
    verify_direct()
    verify_small_files()
    verify_renamed()
    verify_rows()
    verify_rows("undone")
    verify_rows("orphaned")


def writers_fill_the_disk():
    os.makedirs(NOTES, exist_ok=True)
    connect().close()
    make_rows("undone")
    make_rows("orphaned")
    join(
        fork(write_files, "one"),
        fork(write_files, "two"),
        fork(write_direct),
        fork(make_small_files),
        fork(rename),
        fork(insert_rows, 0, 1 << 30),
        fork(change_rows, "undone", roll_back),
        fork(change_rows, "orphaned", die),
    )
    check(os.path.exists("orphaned.db-journal"), "nothing is left to roll back")
    for name in ("one", "two", "direct", "small", "names", "rows"):
        print(f"    {name}: {noted(name)}", flush=True)


def what_is_full_says_so_and_has_everything():
    total, available = space()
    check(available < total // 10, f"{available} of {total} bytes are available, but nothing fits")
    refused(errno.ENOSPC, synced_write, "too-much", bytes(available + FILE_BYTES))
    os.unlink("too-much")
    verify_all()


def deleting_makes_space():
    before = space()[1]
    deleted = noted("two")
    for number in range(deleted):
        os.unlink(f"two/{number}")
    os.rmdir("two")
    wanted = before + deleted * FILE_BYTES // 2
    begin = time.monotonic()
    while space()[1] < wanted:
        check(time.monotonic() - begin < FREED_SECONDS_MOST,
              f"{deleted * FILE_BYTES} bytes were removed, and not half of that is available")
        time.sleep(1)


def what_was_freed_is_written_again():
    write_files("two")
    check(noted("two") > 0, "nothing fits")
    verify_all()


def all_goes_on_when_there_is_room():
    for number in range(noted("two") // 2, noted("two")):
        os.unlink(f"two/{number}")
    note("two", noted("two") // 2)
    rows = noted("rows")
    insert_rows(rows, rows + 20)
    equal(noted("rows"), rows + 20, "rows")
    first = noted("names")
    os.rename(f"names/{first}", f"names/{first + 1}")
    note("names", first + 1)
    verify_all()


run(
    writers_fill_the_disk,
    what_is_full_says_so_and_has_everything,
    deleting_makes_space,
    what_was_freed_is_written_again,
    all_goes_on_when_there_is_room,
)
