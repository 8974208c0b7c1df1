#!/bin/bash
# One of two guests that run a workload together, in one directory: pair.sh WORKLOAD [--server-was-killed]
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
mount_server
workload_in_shared_directory "$1"
"$WORKLOADS/client-health.py" "$MOUNT" "${@:2}"
unmount_server
