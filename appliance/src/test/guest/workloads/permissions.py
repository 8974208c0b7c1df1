#!/usr/bin/python3
"""Who may do what: modes, owners, supplementary groups, set-ID and sticky bits, as root and as plain users."""

import errno
import os

from check import as_user, check, equal, forget_cached, read_file, refused, run, same_bytes, write_file

ALICE, BOB, STAFF, GUESTS = 2001, 2002, 3001, 3002
MOST_GROUPS = 16  # that AUTH_SYS carries (RFC 5531, appendix A)


def fresh(path, owner, group, mode, data=b"data"):
    write_file(path, data)
    os.chown(path, owner, group)
    os.chmod(path, mode)


def mode_bits_decide_by_owner_then_group_then_others():
    def readable():
        read_file("file")

    def unreadable():
        refused(errno.EACCES, read_file, "file")
        check(not os.access("file", os.R_OK), "access() agrees with open()")

    for mode, owner, group, others in (
        (0o400, readable, unreadable, unreadable),
        (0o040, unreadable, readable, unreadable),
        (0o004, unreadable, unreadable, readable),
        (0o444, readable, readable, readable),
    ):
        fresh("file", ALICE, STAFF, mode)
        as_user(ALICE, STAFF, [], owner)
        as_user(BOB, STAFF, [], group)
        as_user(BOB, GUESTS, [], others)
        readable()  # root


def supplementary_groups_count():
    fresh("file", ALICE, STAFF, 0o660)
    as_user(BOB, GUESTS, [STAFF], read_file, "file")
    as_user(BOB, GUESTS, [*range(4001, 4000 + MOST_GROUPS), STAFF], write_file, "file", b"by the last group")
    as_user(BOB, GUESTS, [STAFF + 5], refused, errno.EACCES, read_file, "file")


def writing_needs_write_permission():
    fresh("file", ALICE, STAFF, 0o640)
    as_user(BOB, STAFF, [], refused, errno.EACCES, write_file, "file", b"no")
    as_user(BOB, STAFF, [], refused, errno.EACCES, os.truncate, "file", 0)
    same_bytes(read_file("file"), b"data", "content after refused writes")
    as_user(ALICE, STAFF, [], write_file, "file", b"yes")


def open_files_keep_the_access_that_they_were_opened_with():
    os.mkdir("open", 0o777)
    os.chmod("open", 0o777)

    def case():
        fd = os.open("open/read-only", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o444)
        os.write(fd, b"written although 0444")
        os.fsync(fd)
        os.fchmod(fd, 0)
        forgetful = os.pread(fd, 100, 0)
        same_bytes(forgetful, b"written although 0444", "read by the descriptor")
        os.write(fd, b", and although 0000")
        os.fsync(fd)
        os.close(fd)
        refused(errno.EACCES, open, "open/read-only", "rb")

    as_user(ALICE, STAFF, [], case)
    same_bytes(read_file("open/read-only"), b"written although 0444, and although 0000", "read by root")


def directories_need_write_to_change_and_execute_to_pass():
    os.mkdir("dir")
    write_file("dir/inside", b"in")
    os.chown("dir", ALICE, STAFF)
    os.chmod("dir", 0o750)
    as_user(BOB, STAFF, [], read_file, "dir/inside")
    as_user(BOB, STAFF, [], refused, errno.EACCES, os.unlink, "dir/inside")
    as_user(BOB, STAFF, [], refused, errno.EACCES, os.mkdir, "dir/new")
    as_user(BOB, GUESTS, [], refused, errno.EACCES, os.stat, "dir/inside")
    os.chmod("dir", 0o711)
    as_user(BOB, GUESTS, [], read_file, "dir/inside")
    as_user(BOB, GUESTS, [], refused, errno.EACCES, os.listdir, "dir")


def sticky_directory_keeps_others_from_removing():
    os.mkdir("sticky")
    os.chmod("sticky", 0o1777)
    as_user(ALICE, STAFF, [], write_file, "sticky/of-alice", b"mine")
    as_user(BOB, STAFF, [], refused, (errno.EPERM, errno.EACCES), os.unlink, "sticky/of-alice")
    as_user(BOB, STAFF, [], refused, (errno.EPERM, errno.EACCES), os.rename, "sticky/of-alice", "sticky/of-bob")
    as_user(ALICE, STAFF, [], os.unlink, "sticky/of-alice")


def new_files_belong_to_their_maker():
    os.mkdir("made")
    os.chmod("made", 0o777)

    def make():
        os.umask(0o027)
        write_file("made/file", b"")
        os.mkdir("made/dir")
        os.symlink("x", "made/link")
        os.mkfifo("made/fifo")

    as_user(ALICE, GUESTS, [STAFF], make)
    forget_cached()
    for name, mode in (("file", 0o640), ("dir", 0o750), ("fifo", 0o640)):
        status = os.lstat(f"made/{name}")
        equal((status.st_uid, status.st_gid), (ALICE, GUESTS), f"owner of {name}")
        equal(status.st_mode & 0o7777, mode, f"mode of {name}")
    equal(os.lstat("made/link").st_uid, ALICE, "owner of link")


def set_group_id_directory_passes_its_group_on():
    os.mkdir("setgid")
    os.chown("setgid", 0, STAFF)
    os.chmod("setgid", 0o2777)
    as_user(ALICE, GUESTS, [STAFF], write_file, "setgid/file", b"")
    as_user(ALICE, GUESTS, [STAFF], os.mkdir, "setgid/dir")
    forget_cached()
    equal(os.stat("setgid/file").st_gid, STAFF, "group of a file")
    equal(os.stat("setgid/dir").st_gid, STAFF, "group of a directory")
    check(os.stat("setgid/dir").st_mode & 0o2000, "a directory inherits the set-group-ID bit")


def owners_change_their_files_and_nobody_elses():
    fresh("owned", ALICE, STAFF, 0o644)
    as_user(ALICE, GUESTS, [STAFF], os.chmod, "owned", 0o600)
    as_user(BOB, STAFF, [], refused, errno.EPERM, os.chmod, "owned", 0o777)
    as_user(ALICE, STAFF, [], refused, errno.EPERM, os.chown, "owned", BOB, -1)
    as_user(ALICE, STAFF, [GUESTS], os.chown, "owned", -1, GUESTS)
    as_user(ALICE, STAFF, [], refused, errno.EPERM, os.chown, "owned", -1, 9999)
    as_user(BOB, STAFF, [], refused, errno.EPERM, os.utime, "owned", (1, 1))
    as_user(ALICE, STAFF, [], os.utime, "owned", (1, 1))
    os.chmod("owned", 0o666)
    as_user(BOB, STAFF, [], os.utime, "owned", None)  # to now: write permission will do
    forget_cached()
    status = os.stat("owned")
    equal((status.st_uid, status.st_gid), (ALICE, GUESTS), "owner and group")


def change_of_owner_clears_set_id_bits():
    fresh("setuid", ALICE, STAFF, 0o6755)
    as_user(ALICE, STAFF, [GUESTS], os.chown, "setuid", -1, GUESTS)
    forget_cached()
    equal(os.stat("setuid").st_mode & 0o7777, 0o755, "mode after a change of group")
    fresh("setuid", ALICE, STAFF, 0o4777)
    as_user(BOB, GUESTS, [], write_file, "setuid", b"replaced by another user")
    forget_cached()
    equal(os.stat("setuid").st_mode & 0o7777, 0o777, "mode after another user's write")


def programs_run_by_execute_permission_alone():
    with open("/bin/true", "rb") as program:
        fresh("program", ALICE, STAFF, 0o711, program.read())

    def execute():
        refused(errno.EACCES, read_file, "program")
        equal(os.spawnv(os.P_WAIT, "./program", ["program"]), 0, "exit status of the program")

    as_user(BOB, GUESTS, [], execute)
    os.chmod("program", 0o644)
    as_user(BOB, GUESTS, [], refused, errno.EACCES, os.execv, "./program", ["program"])


run(
    mode_bits_decide_by_owner_then_group_then_others,
    supplementary_groups_count,
    writing_needs_write_permission,
    open_files_keep_the_access_that_they_were_opened_with,
    directories_need_write_to_change_and_execute_to_pass,
    sticky_directory_keeps_others_from_removing,
    new_files_belong_to_their_maker,
    set_group_id_directory_passes_its_group_on,
    owners_change_their_files_and_nobody_elses,
    change_of_owner_clears_set_id_bits,
    programs_run_by_execute_permission_alone,
)
