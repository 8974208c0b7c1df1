#!/usr/bin/python3
"""What one file holds: written, read back from the server, appended, truncated, mapped, sparse, direct."""

import errno
import mmap
import os
import random

from check import (SCALE, check, equal, forget_cached, fork, join, pattern, read_file, refused, run, same_bytes,
                   write_file)

BLOCK = 4096


def what_was_synced_reads_back():
    for size in (0, 1, 511, BLOCK - 1, BLOCK, BLOCK + 1, 65536 + 1, (1 << 20) + 3):
        with open(f"size-{size}", "wb") as file:
            file.write(pattern(size, size))
            file.flush()
            os.fsync(file.fileno())
    forget_cached()
    for size in (0, 1, 511, BLOCK - 1, BLOCK, BLOCK + 1, 65536 + 1, (1 << 20) + 3):
        equal(os.stat(f"size-{size}").st_size, size, "st_size")
        same_bytes(read_file(f"size-{size}"), pattern(size, size), f"size-{size}")


def random_operations_agree_with_a_model():
    """A file and a byte array go through the same writes and truncations; now and then the client forgets its cache."""
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"    seed {seed}")
    source = random.Random(seed)
    model = bytearray()
    fd = os.open("model", os.O_RDWR | os.O_CREAT, 0o644)
    for step in range(150 * SCALE):
        where = f"model, seed {seed}, step {step}"
        action = source.random()
        if action < 0.5:
            offset = source.randrange(0, 300_000)
            data = source.randbytes(source.choice((1, 100, BLOCK, BLOCK, 3 * BLOCK, 50_000)))
            if source.random() < 0.3:
                offset -= offset % BLOCK
            if offset > len(model):
                model.extend(bytes(offset - len(model)))
            model[offset : offset + len(data)] = data
            equal(os.pwrite(fd, data, offset), len(data), where)
        elif action < 0.65:
            size = source.randrange(0, 350_000)
            del model[size:]
            model.extend(bytes(size - len(model)))
            os.ftruncate(fd, size)
        elif action < 0.75:
            os.fsync(fd)
        elif action < 0.8:
            forget_cached()
        else:
            offset = source.randrange(0, 350_000)
            length = source.randrange(1, 100_000)
            same_bytes(os.pread(fd, length, offset), bytes(model[offset : offset + length]), where)
        if step % 25 == 0:
            equal(os.fstat(fd).st_size, len(model), where)
    os.close(fd)
    forget_cached()
    same_bytes(read_file("model"), bytes(model), f"model at the end, seed {seed}")


def appends_of_two_processes_are_all_there():
    count = 60 * SCALE

    def append(name):
        fd = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for number in range(count):
            os.write(fd, b"%c %06d %s\n" % (name, number, b"." * 40))
        os.close(fd)

    join(fork(append, ord("a")), fork(append, ord("b")))
    forget_cached()
    lines = read_file("log").splitlines()
    equal(sorted(lines), sorted(set(lines)), "each line once")
    equal(len(lines), 2 * count, "number of lines")
    for name in (b"a", b"b"):
        numbers = [int(line.split()[1]) for line in lines if line.startswith(name)]
        equal(numbers, list(range(count)), f"order of {name}")


def truncation_cuts_and_extends_with_zeros():
    data = pattern(20_000, 7)
    write_file("truncated", data)
    for size in (10_000, 5_000, BLOCK, 1):
        os.truncate("truncated", size)
        forget_cached()
        equal(os.stat("truncated").st_size, size, "size after shrinking")
        os.truncate("truncated", 20_000)
        forget_cached()
        same_bytes(read_file("truncated"), data[:size] + bytes(20_000 - size), f"shrunk to {size} and extended")
        write_file("truncated", data)
    write_file("truncated", b"")
    equal(os.stat("truncated").st_size, 0, "size after O_TRUNC")
    refused(errno.EINVAL, os.truncate, "truncated", -1)


def exclusive_create_has_one_winner():
    refusing = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    os.close(os.open("exclusive", refusing, 0o600))
    refused(errno.EEXIST, os.open, "exclusive", refusing, 0o600)
    equal(os.stat("exclusive").st_mode & 0o7777, 0o600, "mode of an exclusive create")
    count = 15 * SCALE

    def race(racer):
        wins = []
        for number in range(count):
            try:
                os.close(os.open(f"race-{number}", refusing, 0o600))
                wins.append(number)
            except FileExistsError:
                pass
        write_file(f"wins-{racer}", " ".join(map(str, wins)).encode())

    join(*(fork(race, racer) for racer in range(3)))
    wins = sorted(int(number) for racer in range(3) for number in read_file(f"wins-{racer}").split())
    equal(wins, list(range(count)), "each name won once")


def direct_io_bypasses_and_agrees():
    buffer = mmap.mmap(-1, 64 * 1024)
    buffer.write(pattern(len(buffer), 3))
    fd = os.open("direct", os.O_RDWR | os.O_CREAT | os.O_DIRECT, 0o644)
    for offset in (0, 64 * 1024, 256 * 1024):
        equal(os.pwrite(fd, buffer, offset), len(buffer), "direct write")
    back = mmap.mmap(-1, 64 * 1024)
    for offset in (0, 64 * 1024, 256 * 1024):
        equal(os.preadv(fd, [back], offset), len(back), "direct read")
        same_bytes(back[:], buffer[:], f"direct at {offset}")
    equal(os.preadv(fd, [back], 128 * 1024), len(back), "direct read of a hole")
    same_bytes(back[:], bytes(len(back)), "hole")
    # The NFS client takes direct I/O of any alignment; so the server sees writes of any alignment.
    os.pwrite(fd, b"unaligned", 37)
    os.pwrite(fd, b"across", BLOCK - 3)
    os.close(fd)
    expected = bytearray(buffer[:])
    expected[37:46] = b"unaligned"
    expected[BLOCK - 3 : BLOCK + 3] = b"across"
    same_bytes(read_file("direct")[: len(buffer)], bytes(expected), "unaligned direct writes")


def mapped_writes_are_seen_by_reads():
    write_file("mapped", pattern(5 * BLOCK, 11))
    expected = bytearray(pattern(5 * BLOCK, 11))
    with open("mapped", "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        same_bytes(view[:], bytes(expected), "mapped read")
        for offset, data in ((10, b"start"), (BLOCK - 2, b"page"), (5 * BLOCK - 4, b"last")):
            view[offset : offset + len(data)] = data
            expected[offset : offset + len(data)] = data
        view.flush()
        same_bytes(os.pread(file.fileno(), 5 * BLOCK, 0), bytes(expected), "read beside the mapping")
        os.pwrite(file.fileno(), b"by write", 2 * BLOCK)
        expected[2 * BLOCK : 2 * BLOCK + 8] = b"by write"
        same_bytes(view[:], bytes(expected), "mapping beside a write")
    forget_cached()
    same_bytes(read_file("mapped"), bytes(expected), "mapped writes after all")


def holes_read_as_zeros_and_take_no_space():
    ends = (5 << 30) + 12_345
    fd = os.open("sparse", os.O_RDWR | os.O_CREAT, 0o644)
    os.pwrite(fd, b"first", 0)
    os.pwrite(fd, b"middle", (1 << 20) + 100)
    os.pwrite(fd, b"last", ends - 4)
    os.fsync(fd)
    forget_cached()
    status = os.fstat(fd)
    equal(status.st_size, ends, "size")
    check(status.st_blocks * 512 < 16 << 20, f"three small writes take {status.st_blocks * 512} bytes")
    same_bytes(os.pread(fd, 8192, 0), b"first" + bytes(8187), "start")
    same_bytes(os.pread(fd, 8192, 1 << 20), bytes(100) + b"middle" + bytes(8192 - 106), "middle")
    same_bytes(os.pread(fd, 8192, 3 << 30), bytes(8192), "hole")
    same_bytes(os.pread(fd, 8192, ends - 4), b"last", "end")
    same_bytes(os.pread(fd, 10, ends), b"", "behind the end")
    os.ftruncate(fd, 1 << 20)
    os.close(fd)


def unlinked_file_lives_until_closed():
    fd = os.open("unlinked", os.O_RDWR | os.O_CREAT, 0o644)
    os.write(fd, b"before")
    os.unlink("unlinked")
    refused(errno.ENOENT, os.stat, "unlinked")
    os.write(fd, b" and after")
    os.fsync(fd)
    forget_cached()
    same_bytes(os.pread(fd, 100, 0), b"before and after", "unlinked file")
    os.close(fd)

    write_file("replaced", b"old")
    with open("replaced", "rb") as old:
        write_file("replacement", b"new")
        os.rename("replacement", "replaced")
        same_bytes(old.read(), b"old", "a file that was replaced while open")
        same_bytes(read_file("replaced"), b"new", "its replacement")
    left = [name for name in os.listdir(".") if name.startswith(".nfs")]
    equal(left, [], "files that the client kept until close")


def large_file_streams():
    size = (8 << 20) * SCALE
    piece = pattern(1 << 20, 5)
    with open("large", "wb") as file:
        for number in range(size >> 20):
            file.write(number.to_bytes(8, "big") + piece[8:])
        file.flush()
        os.fsync(file.fileno())
    forget_cached()
    with open("large", "rb") as file:
        for number in range(size >> 20):
            same_bytes(file.read(1 << 20), number.to_bytes(8, "big") + piece[8:], f"MiB {number} of large")
        equal(file.read(1), b"", "end of large")


def free_space_is_plausible():
    status = os.statvfs(".")
    check(status.f_bsize > 0 and status.f_frsize > 0, f"block size of {status}")
    check(0 < status.f_bavail <= status.f_bfree <= status.f_blocks, f"blocks of {status}")
    check(0 < status.f_ffree <= status.f_files, f"files of {status}")
    equal(status.f_namemax, 255, "longest name")


run(
    what_was_synced_reads_back,
    random_operations_agree_with_a_model,
    appends_of_two_processes_are_all_there,
    truncation_cuts_and_extends_with_zeros,
    exclusive_create_has_one_winner,
    direct_io_bypasses_and_agrees,
    mapped_writes_are_seen_by_reads,
    holes_read_as_zeros_and_take_no_space,
    unlinked_file_lives_until_closed,
    large_file_streams,
    free_space_is_plausible,
)
