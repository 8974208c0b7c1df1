#!/usr/bin/python3
"""Everything below the working directory, in one line each: manifest.py record FILE, manifest.py compare FILE.

FILE is on the guest's own disk. Recorded before an unmount and compared after the next mount, it shows that the server
kept all that it had shown: type, mode, owner, size, links, times, content.
"""

import hashlib
import os
import stat
import sys


def lines():
    for directory, names, files in os.walk("."):
        names.sort()
        for name in sorted(names + files):
            yield describe(os.path.join(directory, name))


def describe(path):
    status = os.lstat(path)
    content = "-"
    if stat.S_ISREG(status.st_mode) and status.st_size > 0:
        digest = hashlib.sha256()
        # A sparse file is mostly holes; its ends will do.
        with open(path, "rb") as file:
            digest.update(file.read(16 << 20))
            if status.st_size > 32 << 20:
                file.seek(-(1 << 20), os.SEEK_END)
                digest.update(file.read())
        content = digest.hexdigest()[:32]
    elif stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    # The inode number must stay too: a client tells files apart by it.
    size = "-" if stat.S_ISDIR(status.st_mode) else status.st_size
    return (f"{path!r} {stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid} inode {status.st_ino} "
            f"links {status.st_nlink} size {size} mtime {status.st_mtime_ns} ctime {status.st_ctime_ns} {content!r}")


def main():
    command, path = sys.argv[1:]
    current = list(lines())
    if command == "record":
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(current))
        print(f"  {len(current)} entries")
        return
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        recorded = file.read().split("\n")
    lost = sorted(set(recorded) - set(current))
    new = sorted(set(current) - set(recorded))
    for line in lost[:10]:
        print(f"VIOLATION: was, and is not: {line}", file=sys.stderr)
    for line in new[:10]:
        print(f"VIOLATION: is, and was not: {line}", file=sys.stderr)
    print(f"  {len(current)} entries, {len(lost)} lost or changed")
    sys.exit(1 if lost or new else 0)


main()
