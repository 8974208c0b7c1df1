#!/bin/bash
# Two file systems of one node, mounted at once: two-servers.sh PORT-OF-THE-SECOND
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly SECOND=/mnt/second

mount_server
mkdir -p "$SECOND"
ATOLL_PORT=$1
mount -t nfs4 -o "vers=${ATOLL_VERSION:-4.1},proto=tcp,port=$ATOLL_PORT,hard,timeo=600,retrans=2,noresvport" \
  10.0.2.2:/ "$SECOND"
cat /proc/fs/nfsfs/servers
mark CLIENTS "$(grep -c '^v4' /proc/fs/nfsfs/servers)"
[ "$(stat -c %d "$MOUNT")" != "$(stat -c %d "$SECOND")" ] || {
  echo "both mounts are one device: the client has merged two file systems" >&2
  exit 1
}
for round in $(seq 1 20); do
  echo "first $round" >"$MOUNT/file-$round"
  echo "second $round" >"$SECOND/file-$round"
done
sync -f "$MOUNT" "$SECOND"
echo 3 >/proc/sys/vm/drop_caches
for round in $(seq 1 20); do
  [ "$(cat "$MOUNT/file-$round")" = "first $round" ]
  [ "$(cat "$SECOND/file-$round")" = "second $round" ]
done
mark SEPARATE "each keeps its own"
umount "$SECOND"
[ "$(cat "$MOUNT/file-1")" = "first 1" ]
unmount_server
