#!/bin/bash
# Runs workloads on one mount after another, of several servers or versions: mounts.sh PORT,VERSION,WORKLOAD...
# One boot of a guest takes longer than many a workload.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
for mount in "$@"; do
  IFS=, read -r -a parts <<<"$mount"
  ATOLL_PORT=${parts[0]} ATOLL_VERSION=${parts[1]}
  mount_server
  for name in "${parts[@]:2}"; do
    workload "$name"
  done
  "$WORKLOADS/client-health.py" "$MOUNT"
  unmount_server
done
