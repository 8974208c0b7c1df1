# shellcheck shell=bash
# What the jobs share; they source it.
#
# From the test: ATOLL_PORT, the server's port on the host's loopback; ATOLL_SCALE, how much more than in CI to do.
# ATOLL_VERSION is the minor version to mount with.
set -euo pipefail

export ATOLL_SCALE=${ATOLL_SCALE:-1}
export PYTHONDONTWRITEBYTECODE=1
readonly MOUNT=/mnt/nfs
readonly WORKLOADS=/job/workloads
# Without this the kernel's log notes each time that a workload drops the caches.
echo 4 >/proc/sys/vm/drop_caches

# Tells the test something: mark NAME VALUE...
mark() {
  printf '@@%s %s\n' "$1" "${*:2}"
  printf '@@%s %s\n' "$1" "${*:2}" >&3
}

# Waits until the test has sent exactly this line.
await_line() {
  local line
  IFS= read -r line <&3
  [ "$line" = "$1" ] || {
    echo "expected the line '$1' from the test, got '$line'" >&2
    return 1
  }
}

mount_server() {
  mount -t nfs4 -o "vers=${ATOLL_VERSION:-4.1},proto=tcp,port=$ATOLL_PORT,hard,timeo=600,retrans=2,noresvport" \
    10.0.2.2:/ "$MOUNT"
}

unmount_server() { umount "$MOUNT"; }

# Runs a workload in a fresh directory of its own on the mount: workload NAME [ARGUMENT...]
workload() {
  rm -rf "${MOUNT:?}/${1%.*}"
  workload_in_shared_directory "$@"
}

# The same, in a directory that another guest may have made, and works in.
workload_in_shared_directory() {
  local name=$1 begin=$EPOCHREALTIME seconds
  local directory=$MOUNT/${name%.*}
  shift
  mkdir -p "$directory"
  echo "--- $name"
  (cd "$directory" && "$WORKLOADS/$name" "$@") || {
    echo "FAILED: $name" >&2
    dmesg | tail -n 20 >&2
    return 1
  }
  seconds=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
  mark WORKLOAD "$name $seconds s"
}
