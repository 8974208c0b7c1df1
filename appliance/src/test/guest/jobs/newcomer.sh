#!/bin/bash
# What a newcomer sees in the end: newcomer.sh MOUNT-COMMAND..., which mounts a fresh file system at /mnt.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"

"$@"
echo hello >/mnt/greeting
echo 3 >/proc/sys/vm/drop_caches
[ "$(cat /mnt/greeting)" = hello ]
df /mnt | tail -n 1
umount /mnt
mark MOUNTED "as the README says"
