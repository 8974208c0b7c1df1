#!/usr/bin/python3
"""Processes rename files at random between directories. None is lost, doubled or exchanged."""

import os
import random

from check import SCALE, equal, forget_cached, fork, join, read_file, run, write_file

MOVERS = 4
DIRECTORIES = 3
FILES_PER_MOVER = 10
RENAMES_PER_MOVER = 100 * SCALE


def move(mover, seed):
    """Moves its own files, each under ever new names."""
    source = random.Random(seed)
    places = {}
    for number in range(FILES_PER_MOVER):
        name = f"0/{mover}-{number}-0"
        write_file(name, f"{mover}-{number}".encode())
        places[number] = name
    for step in range(1, RENAMES_PER_MOVER + 1):
        number = source.randrange(FILES_PER_MOVER)
        target = f"{source.randrange(DIRECTORIES)}/{mover}-{number}-{step}"
        os.rename(places[number], target)
        places[number] = target
    write_file(f"places-{mover}", "\n".join(places[number] for number in range(FILES_PER_MOVER)).encode())


def storm_of_renames_loses_nothing():
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"    seed {seed}")
    for directory in range(DIRECTORIES):
        os.mkdir(str(directory))
    join(*(fork(move, mover, seed + mover) for mover in range(MOVERS)))
    forget_cached()
    expected = {}
    for mover in range(MOVERS):
        for number, place in enumerate(read_file(f"places-{mover}").decode().split("\n")):
            expected[place] = f"{mover}-{number}"
    found = {}
    for directory in range(DIRECTORIES):
        for name in os.listdir(str(directory)):
            found[f"{directory}/{name}"] = read_file(f"{directory}/{name}").decode()
    equal(found, expected, "files after the storm")


def one_name_replaced_by_many_ends_as_one_of_them():
    def replace(mover):
        for step in range(RENAMES_PER_MOVER // 2):
            write_file(f"next-{mover}", f"{mover} {step}".encode() * 100)
            os.rename(f"next-{mover}", "current")

    join(*(fork(replace, mover) for mover in range(MOVERS)))
    forget_cached()
    last = RENAMES_PER_MOVER // 2 - 1
    possible = [f"{mover} {last}".encode() * 100 for mover in range(MOVERS)]
    equal(read_file("current") in possible, True, "the last of somebody's replacements")
    equal(os.stat("current").st_nlink, 1, "link count")
    equal([name for name in os.listdir(".") if name.startswith(("next-", ".nfs"))], [], "names left over")


def directories_move_under_their_readers():
    os.makedirs("here/child")
    os.mkdir("there")
    write_file("here/child/leaf", b"leaf")
    receiving, sending = os.pipe()

    def read():
        os.chdir("here/child")
        os.write(sending, b"ready")
        for _ in range(RENAMES_PER_MOVER // 4):
            equal(read_file("leaf"), b"leaf", "a file below a moving directory")

    reader = fork(read)
    os.close(sending)
    os.read(receiving, 5)
    for _ in range(RENAMES_PER_MOVER // 4):
        os.rename("here/child", "there/child")
        os.rename("there/child", "here/child")
    join(reader)


run(
    storm_of_renames_loses_nothing,
    one_name_replaced_by_many_ends_as_one_of_them,
    directories_move_under_their_readers,
)
