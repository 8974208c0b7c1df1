#!/bin/bash
# Writers run while the test kills and restarts the server; then all that was acknowledged is checked on a new mount.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly LOGS=/root/acknowledged

mount_server
mkdir "$MOUNT/crash"
(cd "$MOUNT/crash" && "$WORKLOADS/crash.py" write "$LOGS") || {
  dmesg | tail -n 20 >&2
  exit 1
}
# Whatever the client complains of, what was acknowledged is compared first.
content=yes
"$WORKLOADS/client-health.py" "$MOUNT" --server-was-killed || content=no
unmount_server
mark STOPPED
await_line verify
mount_server
(cd "$MOUNT/crash" && "$WORKLOADS/crash.py" verify "$LOGS")
mark VERIFIED
"$WORKLOADS/client-health.py" "$MOUNT" --server-was-killed || content=no
unmount_server
[[ $content == yes ]]
