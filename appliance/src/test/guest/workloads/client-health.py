#!/usr/bin/python3
"""Is the kernel's NFS client content? client-health.py MOUNT [--server-was-killed]

Prints what the client did (from /proc/self/mountstats). It is not content if

- the kernel's log has a line about NFS, RPC or lockd other than those of loading their modules, or a kernel warning,
  an oops or a hung task; or
- a request was sent again, or timed out.

With --server-was-killed the lines and repetitions that a restart explains are no complaints; that the client could not
reclaim an open or a lock still is one.
"""

import re
import subprocess
import sys

# Said when the modules are loaded.
HARMLESS = re.compile(
    r"RPC: Registered|NFS: Registering|FS-Cache: |Key type (id_resolver|id_legacy|dns_resolver|cifs)|"
    r"Installing knfsd|sunrpc: loading|netfs: "
)
# Said when the server is away and comes back. As "lost" the client also counts a lock that it was just asking for when
# the server died; whether one that it held is lost shows by the EIO that its owner gets. What the client asks for on its
# own behalf (sessions, reclaims) is given up and said to have timed out after three minutes, and asked for again; what
# programs ask for on a hard mount never is.
OF_A_RESTART = re.compile(r"nfs: server \S+ (not responding, (still trying|timed out)|OK)|NFS: \S+: lost \d+ locks")
COMPLAINT = re.compile(
    r"\b(nfs|nfs4?|NFSv?4?|RPC|rpc|sunrpc|lockd|rpciod|nfsiod)\b|nfs4_|nfs_|"
    r"BUG:|WARNING:|Oops|Call Trace|blocked for more than|general protection|Out of memory"
)


def complaints(server_was_killed):
    log = subprocess.run(["dmesg"], capture_output=True, text=True, check=True).stdout
    for line in log.splitlines():
        if not COMPLAINT.search(line) or HARMLESS.search(line):
            continue
        if server_was_killed and OF_A_RESTART.search(line):
            continue
        yield line


def statistics(mount):
    """Of each operation on the mount: requests, transmissions, timeouts, errors."""
    with open("/proc/self/mountstats", encoding="ascii") as file:
        text = file.read()
    section = next((part for part in text.split("\ndevice ") if f" mounted on {mount} with fstype nfs" in part), None)
    if section is None:
        sys.exit(f"{mount} is not in /proc/self/mountstats as an NFS mount")
    for line in section[section.index("per-op statistics") :].splitlines()[1:]:
        name, _, numbers = line.strip().partition(":")
        numbers = [int(number) for number in numbers.split()]
        if len(numbers) >= 9 and numbers[0] > 0:
            yield name, numbers[0], numbers[1], numbers[2], numbers[8]


def main():
    mount = sys.argv[1]
    server_was_killed = "--server-was-killed" in sys.argv[2:]
    failures = list(complaints(server_was_killed))
    print(f"  {'operation':20} {'requests':>9} {'sent':>9} {'timeouts':>9} {'errors':>9}")
    for name, requests, sent, timeouts, errors in statistics(mount):
        print(f"  {name:20} {requests:9} {sent:9} {timeouts:9} {errors:9}")
        if not server_was_killed and (sent > requests or timeouts):
            failures.append(f"{name}: {requests} requests were sent {sent} times, with {timeouts} timeouts")
    for failure in failures:
        print(f"NFS CLIENT COMPLAINS: {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
