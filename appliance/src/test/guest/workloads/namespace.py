#!/usr/bin/python3
"""What directories hold: links, special files, names at their limits, renames, and the times that all this leaves."""

import errno
import os
import socket
import stat

from check import check, equal, forget_cached, fork, join, read_file, refused, run, same_bytes, write_file


def hard_links_share_one_file():
    write_file("one", b"shared")
    os.link("one", "two")
    refused(errno.EEXIST, os.link, "one", "two")
    equal(os.stat("one").st_nlink, 2, "link count")
    equal(os.stat("one").st_ino, os.stat("two").st_ino, "inode")
    os.chmod("two", 0o640)
    equal(os.stat("one").st_mode & 0o777, 0o640, "mode by the other name")
    os.unlink("one")
    forget_cached()
    equal(os.stat("two").st_nlink, 1, "link count of the last name")
    same_bytes(read_file("two"), b"shared", "content by the other name")
    os.mkdir("no-links-to-me")
    refused(errno.EPERM, os.link, "no-links-to-me", "linked-directory")
    # Renaming a name over another name of the same file does nothing (POSIX rename).
    os.link("two", "three")
    os.rename("two", "three")
    check(os.path.exists("two") and os.path.exists("three"), "both names of one file survive a rename")


def symbolic_links_say_what_they_were_told():
    for target in ("two", "nowhere", "/absolute/../path", "x" * 1000, "\u00e9t\u00e9"):
        os.symlink(target, "link")
        forget_cached()
        equal(os.readlink("link"), target, "target")
        equal(os.lstat("link").st_size, len(target.encode()), "size of a symbolic link")
        check(stat.S_ISLNK(os.lstat("link").st_mode), "type of a symbolic link")
        os.unlink("link")
    os.symlink("loop", "loop")
    refused(errno.ELOOP, os.stat, "loop")
    refused(errno.EEXIST, os.symlink, "again", "loop")
    write_file("aim", b"through")
    os.symlink("aim", "through")
    same_bytes(read_file("through"), b"through", "read through a link")


def fifos_and_sockets_work_on_this_client():
    os.mkfifo("fifo", 0o640)
    forget_cached()
    check(stat.S_ISFIFO(os.stat("fifo").st_mode), "type of a FIFO")
    equal(os.stat("fifo").st_mode & 0o7777, 0o640, "mode of a FIFO")
    child = fork(write_file, "fifo", b"through the fifo")
    same_bytes(read_file("fifo"), b"through the fifo", "FIFO")
    join(child)

    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket")
    listener.listen(1)
    check(stat.S_ISSOCK(os.stat("socket").st_mode), "type of a socket")
    client = socket.socket(socket.AF_UNIX)
    client.connect("socket")
    accepted, _ = listener.accept()
    client.sendall(b"hello")
    equal(accepted.recv(5), b"hello", "socket")
    os.unlink("socket")


def names_reach_their_limit():
    names = ["n" * 255, "-rf", "a b\tc\nd", "back\\slash", "\u65e5\u672c\u8a9e", "\u00e9" * 127, "...", "#*?[]{}$"]
    os.mkdir("names")
    for name in names:
        write_file(f"names/{name}", name.encode())
    forget_cached()
    equal(sorted(os.listdir("names")), sorted(names), "names")
    for name in names:
        same_bytes(read_file(f"names/{name}"), name.encode(), name)
    refused(errno.ENAMETOOLONG, open, "names/" + "n" * 256, "wb")
    refused(errno.ENAMETOOLONG, os.mkdir, "names/" + "\u00e9" * 128)
    check(not os.path.exists("names/BACK\\slash"), "names are told apart by case")


def directories_refuse_what_would_break_them():
    os.makedirs("tree/a/b")
    write_file("tree/file", b"")
    refused(errno.ENOTEMPTY, os.rmdir, "tree")
    refused(errno.EEXIST, os.mkdir, "tree")
    refused(errno.EISDIR, os.unlink, "tree")
    refused(errno.ENOTDIR, os.rmdir, "tree/file")
    refused(errno.ENOTDIR, os.stat, "tree/file/below")
    refused(errno.ENOENT, os.stat, "tree/none/below")
    refused(errno.EINVAL, os.rename, "tree", "tree/a/b/tree")
    refused(errno.EISDIR, os.rename, "tree/file", "tree/a")
    refused(errno.ENOTDIR, os.rename, "tree/a", "tree/file")
    os.mkdir("tree/empty")
    refused(errno.ENOTEMPTY, os.rename, "tree/empty", "tree/a")
    os.rename("tree/a", "tree/empty")
    check(os.path.isdir("tree/empty/b") and not os.path.exists("tree/a"), "a directory replaces an empty one")
    os.mkdir("other")
    os.rename("tree/empty", "other/moved")
    forget_cached()
    equal(os.stat("other/moved/..").st_ino, os.stat("other").st_ino, "parent of a directory that was moved")


def deep_paths_resolve():
    path = "/".join(f"level-{level}" for level in range(40))
    os.makedirs(path)
    write_file(path + "/leaf", b"deep")
    forget_cached()
    same_bytes(read_file(path + "/leaf"), b"deep", "a leaf 40 levels down")
    os.rename("level-0", "renamed")
    same_bytes(read_file(path.replace("level-0", "renamed", 1) + "/leaf"), b"deep", "a leaf below a renamed root")


def renames_replace_as_one_step():
    write_file("target", b"old")
    write_file("source", b"new")
    inode = os.stat("source").st_ino
    os.rename("source", "target")
    forget_cached()
    equal(os.stat("target").st_ino, inode, "inode of the target")
    same_bytes(read_file("target"), b"new", "target")
    refused(errno.ENOENT, os.rename, "source", "target")


def times_are_kept_to_the_nanosecond():
    write_file("times", b"")
    for seconds in (1, 1_234_567_890, (1 << 31) + 5, (1 << 32) + 7):
        wanted = (seconds * 10**9 + 987_654_321, seconds * 10**9 + 123_456_789)
        os.utime("times", ns=wanted)
        forget_cached()
        status = os.stat("times")
        equal((status.st_atime_ns, status.st_mtime_ns), wanted, "access and modification time")


def symbolic_links_have_owner_and_times_of_their_own():
    write_file("aimed-at", b"")
    before = os.stat("aimed-at")
    os.symlink("aimed-at", "aimer")
    os.lchown("aimer", 5, 6)
    os.utime("aimer", ns=(5 * 10**9 + 1, 6 * 10**9 + 1), follow_symlinks=False)
    forget_cached()
    status = os.lstat("aimer")
    equal((status.st_uid, status.st_gid), (5, 6), "owner of a symbolic link")
    equal(status.st_mtime_ns, 6 * 10**9 + 1, "modification time of a symbolic link")
    after = os.stat("aimed-at")
    equal((after.st_uid, after.st_mtime_ns), (before.st_uid, before.st_mtime_ns), "owner and time of its target")


def changes_move_the_times_that_they_should():
    def times(path):
        forget_cached()
        status = os.stat(path)
        return status.st_mtime_ns, status.st_ctime_ns

    os.mkdir("timed")
    write_file("timed/file", b"1")
    os.utime("timed/file", ns=(10**9, 10**9))
    os.utime("timed", ns=(10**9, 10**9))
    modified, changed = times("timed/file")
    equal(modified, 10**9, "modification time")
    os.chmod("timed/file", 0o600)
    check(times("timed/file")[0] == modified and times("timed/file")[1] > changed, "chmod moves ctime alone")
    write_file("timed/file", b"2", "ab")
    check(times("timed/file")[0] > modified, "a write moves mtime")
    equal(times("timed")[0], 10**9, "directory's mtime, as no name changed")
    steps = {
        "create": lambda: write_file("timed/new", b""),
        "rename": lambda: os.rename("timed/new", "timed/newer"),
        "link": lambda: os.link("timed/newer", "timed/linked"),
        "unlink": lambda: os.unlink("timed/linked"),
        "mkdir": lambda: os.mkdir("timed/sub"),
        "rmdir": lambda: os.rmdir("timed/sub"),
        "symlink": lambda: os.symlink("x", "timed/symlink"),
    }
    for name, step in steps.items():
        os.utime("timed", ns=(10**9, 10**9))
        step()
        check(times("timed")[0] > 10**9, f"{name} moves the directory's mtime")


run(
    hard_links_share_one_file,
    symbolic_links_say_what_they_were_told,
    fifos_and_sockets_work_on_this_client,
    names_reach_their_limit,
    directories_refuse_what_would_break_them,
    deep_paths_resolve,
    renames_replace_as_one_step,
    times_are_kept_to_the_nanosecond,
    changes_move_the_times_that_they_should,
    symbolic_links_have_owner_and_times_of_their_own,
)
