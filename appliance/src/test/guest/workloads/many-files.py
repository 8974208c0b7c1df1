#!/usr/bin/python3
"""Thousands of files in one directory, listed while names come and go (READDIR over many pages, cookies stable)."""

import errno
import os

from check import SCALE, check, equal, forget_cached, fork, join, refused, run, write_file

STABLE = 4000 * SCALE
CHANGING = 300 * SCALE

# Of the stable names, one in so many is removed in the end.
REMOVED_SHARE = 4


def listing(directory="many"):
    """The names in the directory as the kernel gave them; none may come twice."""
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries]
    doubles = len(names) - len(set(names))
    equal(doubles, 0, f"names that one listing of {len(names)} gave twice")
    return set(names)


def thousands_are_created_and_listed():
    os.mkdir("many")

    def create(part):
        for number in range(part, STABLE, 2):
            os.close(os.open(f"many/stable-{number:06d}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))

    join(fork(create, 0), fork(create, 1))
    forget_cached()
    equal(listing(), stable_names(), "names")


def stable_names():
    return {f"stable-{number:06d}" for number in range(STABLE)}


def listings_are_whole_while_names_come_and_go():
    """A listing must hold what was there all the while; what comes or goes meanwhile it may hold or not (POSIX)."""
    possible = stable_names() | {f"changing-{number}" for number in range(CHANGING)}
    possible |= {f"moved-{number}" for number in range(CHANGING)}

    def change():
        for number in range(CHANGING):
            write_file(f"many/changing-{number}", b"")
            if number >= 20:
                os.rename(f"many/changing-{number - 20}", f"many/moved-{number - 20}")
            if number >= 40:
                os.unlink(f"many/moved-{number - 40}")

    changer = fork(change)
    scans = 0
    while os.waitpid(changer, os.WNOHANG) == (0, 0):
        names = listing()
        missing = stable_names() - names
        check(not missing, f"a listing lacks {len(missing)} names that stayed, such as {sorted(missing)[:3]}")
        unknown = names - possible
        check(not unknown, f"a listing has names that never were: {sorted(unknown)[:3]}")
        scans += 1
        if scans % 4 == 0:
            forget_cached()
    print(f"    {scans} listings meanwhile")
    expected = stable_names()
    expected |= {f"moved-{number}" for number in range(CHANGING - 40, CHANGING - 20)}
    expected |= {f"changing-{number}" for number in range(CHANGING - 20, CHANGING)}
    forget_cached()
    equal(listing(), expected, "names at the end")


def removing_while_listing_empties_the_directory():
    """As rm -r does it: reads on in the listing that it removes from. What is not removed stays, also for a remount."""
    os.mkdir("removed")
    for number in range(0, STABLE, REMOVED_SHARE):
        os.rename(f"many/stable-{number:06d}", f"removed/stable-{number:06d}")
    refused(errno.ENOTEMPTY, os.rmdir, "removed")
    forget_cached()
    with os.scandir("removed") as entries:
        for entry in entries:
            os.unlink(entry.path)
    equal(listing("removed"), set(), "names after a removal of each that was listed")
    os.rmdir("removed")
    refused(errno.ENOENT, os.listdir, "removed")
    equal(len(listing()), STABLE - STABLE // REMOVED_SHARE + 40, "names that stay")


run(
    thousands_are_created_and_listed,
    listings_are_whole_while_names_come_and_go,
    removing_while_listing_empties_the_directory,
)
