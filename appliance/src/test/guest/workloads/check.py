"""What the workloads share. A workload stops at the first violation, with a message that says what was seen."""

import errno
import os
import sys
import traceback

SCALE = max(1, int(os.environ.get("ATOLL_SCALE", "1")))


class Violation(AssertionError):
    """The file system did something that it must not."""


def check(condition, message):
    if not condition:
        raise Violation(message)


def equal(actual, expected, what):
    if actual != expected:
        raise Violation(f"{what}: expected {abridged(expected)}, got {abridged(actual)}")


def same_bytes(actual, expected, what):
    """Like equal, but says where two byte strings part."""
    if actual == expected:
        return
    length = min(len(actual), len(expected))
    at = next((i for i in range(length) if actual[i] != expected[i]), length)
    raise Violation(
        f"{what}: differs at byte {at} (lengths: expected {len(expected)}, got {len(actual)}); "
        f"expected {bytes(expected[at:at + 16]).hex()}, got {bytes(actual[at:at + 16]).hex()}"
    )


def refused(expected, call, *arguments, **keywords):
    """The call fails with one of the errno values."""
    expected = expected if isinstance(expected, tuple) else (expected,)
    names = " or ".join(errno.errorcode[number] for number in expected)
    what = f"{call.__name__}{abridged(arguments)}"
    try:
        call(*arguments, **keywords)
    except OSError as error:
        if error.errno not in expected:
            raise Violation(f"{what}: expected {names}, got {errno.errorcode[error.errno]}") from error
        return
    raise Violation(f"{what}: expected {names}, but it succeeded")


def abridged(value):
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"


def fork(function, *arguments):
    """Runs the function in a child process and returns the child's PID for join()."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        function(*arguments)
        status = 0
    except BaseException:  # a child must not run on in its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def join(*pids):
    """Waits for children; all must have succeeded."""
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    check(not any(statuses), f"child processes failed, with wait statuses {statuses}")


def as_user(uid, gid, groups, function, *arguments):
    """Runs the function in a child with these credentials."""

    def child():
        os.setgroups(groups)
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        function(*arguments)

    join(fork(child))


def write_file(path, data, mode="wb"):
    with open(path, mode) as file:
        file.write(data)


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


def pattern(length, seed=0):
    """Bytes that differ from place to place, so that data which ends up elsewhere is noticed."""
    word = (seed * 2654435761) & 0xFFFFFFFF
    chunk = b"".join(((word + i * 40503) & 0xFFFFFFFF).to_bytes(4, "little") for i in range(1024))
    blocks = (length + len(chunk) - 1) // len(chunk)
    return b"".join(block.to_bytes(8, "little") + chunk[8:] for block in range(blocks))[:length]


def forget_cached():
    """Drops the client's clean pages, names and inodes, so that what is read next comes from the server."""
    os.sync()
    write_file("/proc/sys/vm/drop_caches", b"3")


def run(*cases):
    """Runs the cases in order and exits non-zero at the first that fails."""
    for case in cases:
        print(f"  {case.__name__}", flush=True)
        try:
            case()
        except Violation as violation:
            print(f"VIOLATION in {os.path.basename(sys.argv[0])} {case.__name__}: {violation}", file=sys.stderr)
            traceback.print_exc()
            sys.exit(1)
