#!/bin/bash
# All workloads of one client on one mount, and the same tree seen again after an unmount.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"

mark UPTIME "$(cut -d ' ' -f 1 /proc/uptime) s"
# As users mount who name no version: the client starts with its newest and comes down to what the server speaks.
ATOLL_VERSION=4 mount_server
mark NEGOTIATED "$(grep -o "vers=[0-9.]*" /proc/mounts)"
unmount_server

mount_server
df "$MOUNT"
for name in file-io.py namespace.py permissions.py locks.py rename-storm.py many-files.py tree.sh git.sh sqlite.py \
  fio.sh; do
  workload "$name"
done

(cd "$MOUNT" && "$WORKLOADS/manifest.py" record /root/manifest)
"$WORKLOADS/client-health.py" "$MOUNT"
unmount_server
mount_server
(cd "$MOUNT" && "$WORKLOADS/manifest.py" compare /root/manifest)
mark REMOUNTED "all entries are as they were"
(cd "$MOUNT/tree" && "$WORKLOADS/tree.sh" again)
(cd "$MOUNT/sqlite" && "$WORKLOADS/sqlite.py" again)
git -C "$MOUNT/git/repository" fsck --full --no-progress
"$WORKLOADS/client-health.py" "$MOUNT"
unmount_server
