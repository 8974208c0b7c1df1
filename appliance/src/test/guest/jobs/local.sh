#!/bin/bash
# Runs the named workloads on the guest's own ext4 instead of the server: what fails here is the workload's own fault.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
for name in "$@"; do
  workload "$name"
done
