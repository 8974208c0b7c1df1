#!/bin/bash
# The smallest job: mounts, and shows what it got.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
mark UPTIME "$(cut -d ' ' -f 1 /proc/uptime) s"
mount_server
grep "$MOUNT" /proc/mounts
df "$MOUNT"
ls -la "$MOUNT"
unmount_server
