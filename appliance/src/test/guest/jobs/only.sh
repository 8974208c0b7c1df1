#!/bin/bash
# Runs the workloads that are named as arguments, one after another, on one mount.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
mount_server
for name in "$@"; do
  workload "$name"
done
"$WORKLOADS/client-health.py" "$MOUNT"
unmount_server
