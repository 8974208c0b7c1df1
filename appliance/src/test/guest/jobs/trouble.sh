#!/bin/bash
# Works while the test troubles the connections, on a mount of each version that is named as an argument; what came of
# it is checked on a new mount.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
for version in "$@"; do
  ATOLL_VERSION=$version mount_server
  directory=$MOUNT/trouble-$version
  mkdir "$directory"
  (cd "$directory" && "$WORKLOADS/trouble.py" work "/root/trouble-$version")
  unmount_server
  ATOLL_VERSION=$version mount_server
  (cd "$directory" && "$WORKLOADS/trouble.py" verify "/root/trouble-$version")
  "$WORKLOADS/client-health.py" "$MOUNT" --server-was-killed
  unmount_server
done
