#!/bin/bash
# Access points of a file system, mounted beside it: access-points.sh ID-OF-ONE-WITH-A-USER ID-OF-ONE-WITHOUT
# The first leads to /home/app as user 1000, group 1001, and makes it with mode 0750; the second to /home.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly APP=/mnt/app HOME_OF_ALL=/mnt/home

mount_at() { # PATH-ON-THE-SERVER WHERE
  mkdir -p "$2"
  mount -t nfs4 -o "vers=4.1,proto=tcp,port=$ATOLL_PORT,hard,timeo=600,retrans=2,noresvport" "10.0.2.2:$1" "$2"
}
refuses() { # what must fail
  if "$@" 2>/dev/null; then
    echo "this should have been refused: $*" >&2
    exit 1
  fi
}

mount_server
refuses test -e "$MOUNT/home"
mount_at "/$1" "$APP"
echo 3 >/proc/sys/vm/drop_caches # the client may believe for a while that there is no such name
[ "$(stat -c %u:%g:%a "$APP")" = 1000:1001:750 ]
[ "$(stat -c %u:%g:%a "$MOUNT/home/app")" = 1000:1001:750 ]
[ "$(stat -c %u:%g:%a "$MOUNT/home")" = 0:0:755 ]
[ "$(stat -c %d "$MOUNT")" != "$(stat -c %d "$APP")" ]
mark MADE "the directory is there"

# Root here is user 1000 there.
echo mine >"$APP/file"
mkdir "$APP/folder"
[ "$(stat -c %u:%g "$APP/file")" = 1000:1001 ]
[ "$(stat -c %u:%g "$MOUNT/home/app/folder")" = 1000:1001 ]
refuses chown 0:0 "$APP/file"
echo 3 >/proc/sys/vm/drop_caches
echo secret >"$MOUNT/home/app/of-root"
chmod 600 "$MOUNT/home/app/of-root"
echo 3 >/proc/sys/vm/drop_caches
refuses cat "$APP/of-root"
cat "$MOUNT/home/app/of-root" >/dev/null
mark ENFORCED "as the user it says"

# Without a user, callers are who they say; and what one sees the other sees.
mount_at "/$2" "$HOME_OF_ALL"
[ "$(cat "$HOME_OF_ALL/app/file")" = mine ]
cat "$HOME_OF_ALL/app/of-root" >/dev/null
refuses python3 -c "import os; os.rename(\"$APP/file\", \"$HOME_OF_ALL/file\")"
df "$APP" | tail -n 1
refuses ls "$MOUNT/fsap-00000000000000000"
umount "$HOME_OF_ALL" "$APP"
unmount_server
mark SEEN "each its own part"
