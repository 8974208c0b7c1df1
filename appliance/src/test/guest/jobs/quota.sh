#!/bin/bash
# A quota as a client meets it: quota.sh ID-OF-AN-ACCESS-POINT, whose directory may hold 20 MiB. When this tells FULL,
# the test raises that to 40 MiB and says "raised"; when it tells LARGER, the test lowers it to 10 MiB.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly PROJECT=/mnt/project
readonly MIB=1048576
trap 'echo "line $LINENO failed: $BASH_COMMAND; $(df -B1 "$PROJECT" | tail -n 1)" >&2' ERR

size_of() { df --output=size -B1 "$1" | tail -n 1 | tr -d ' '; }
left_of() { df --output=avail -B1 "$1" | tail -n 1 | tr -d ' '; }

# Fails for want of quota, as dd says it: exceeds FILE MIBIBYTES [DD-ARGUMENT...]
exceeds() {
  local said
  if said=$(LC_ALL=C dd if=/dev/zero of="$1" bs=1M count="$2" "${@:3}" 2>&1); then
    echo "$2 MiB in $1 were not refused" >&2
    exit 1
  fi
  grep -q 'Disk quota exceeded' <<<"$said" || {
    echo "dd says: $said" >&2
    exit 1
  }
}

mount_server
mkdir -p "$PROJECT"
mount -t nfs4 -o "vers=${ATOLL_VERSION:-4.1},proto=tcp,port=$ATOLL_PORT,hard,timeo=600,retrans=2,noresvport" \
  "10.0.2.2:/$1" "$PROJECT"

[ "$(size_of "$PROJECT")" = $((20 * MIB)) ]
[ "$(left_of "$PROJECT")" -gt $((19 * MIB)) ]
[ "$(size_of "$MOUNT")" -gt $((100 * MIB)) ]
[ "$(size_of "$MOUNT/project")" = $((20 * MIB)) ]

# Cached writes are refused at the latest when they are flushed, synchronous ones at once.
exceeds "$PROJECT/large" 30 conv=fsync
exceeds "$PROJECT/large" 30 oflag=sync
[ "$(left_of "$PROJECT")" -le $((2 * MIB)) ] # statfs tells whole blocks
[ "$(du -sm "$PROJECT" | cut -f 1)" -le 20 ]
dd if=/dev/zero of="$PROJECT/large" bs=1M count=5 conv=notrunc,fsync # in place
rm "$PROJECT/large"
dd if=/dev/zero of="$PROJECT/again" bs=1M count=18 conv=fsync
[ "$(left_of "$PROJECT")" -le $((2 * MIB)) ] # statfs tells whole blocks
exceeds "$MOUNT/project/by-the-other-way" 5 oflag=sync
rm "$MOUNT/project/by-the-other-way"
dd if=/dev/zero of="$MOUNT/outside" bs=1M count=25 conv=fsync
mark FULL "$(left_of "$PROJECT") bytes left"

await_line raised
[ "$(size_of "$PROJECT")" = $((40 * MIB)) ]
dd if=/dev/zero of="$PROJECT/more" bs=1M count=18 conv=fsync
mark LARGER "$(left_of "$PROJECT") bytes left"

await_line lowered
[ "$(left_of "$PROJECT")" = 0 ]
if touch "$PROJECT/none" 2>/dev/null; then
  echo "a file was made in a directory that is over its quota" >&2
  exit 1
fi
truncate -s 1M "$PROJECT/again"
rm "$PROJECT/more"
touch "$PROJECT/some"

# What mv can't rename it copies; a single file is renamed.
mkdir -p "$MOUNT/tree/below"
echo content >"$MOUNT/tree/below/file"
mv "$MOUNT/tree" "$MOUNT/project/tree"
[ "$(cat "$PROJECT/tree/below/file")" = content ]
echo other >"$MOUNT/single"
mv "$MOUNT/single" "$MOUNT/project/single"
[ "$(cat "$PROJECT/single")" = other ]
umount "$PROJECT"
unmount_server
mark DONE "below its quota"
