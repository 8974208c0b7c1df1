"""The control line to the test outside the guest: descriptor 3, inherited from the guest's first process."""

import os

from check import equal

DESCRIPTOR = 3


def mark(name, value=""):
    line = f"@@{name} {value}".rstrip()
    print(line, flush=True)
    os.write(DESCRIPTOR, f"{line}\n".encode())


def next_line():
    """Waits for a line from the test."""
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(DESCRIPTOR, 1)
    return line.decode().rstrip("\r\n")


def await_line(expected):
    equal(next_line(), expected, "line from the test")


def barrier(name):
    """Returns when every guest of the test has come to the barrier of this name."""
    mark("BARRIER", name)
    await_line(f"go {name}")
