#!/bin/bash
# Runs the workloads that are named as arguments, one after another, on one mount; goes on after one that fails.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
failed=()
mount_server
for name in "$@"; do
  workload "$name" || failed+=("$name")
done
"$WORKLOADS/client-health.py" "$MOUNT" || failed+=(client-health.py)
unmount_server
[ ${#failed[@]} = 0 ] || {
  echo "FAILED: ${failed[*]}" >&2
  exit 1
}
