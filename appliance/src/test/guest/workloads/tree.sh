#!/bin/bash
# Unpacks the guest's own Python library with tar and compares all of it: content, modes, times, links.
# As "tree.sh again" compares what an earlier run has left, and removes it.
set -euo pipefail
source=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')

if [ "${1:-}" != again ]; then
  # The same tree as many times as asked for.
  for ((copy = 0; copy < ${ATOLL_SCALE:-1}; copy++)); do
    mkdir "copy-$copy"
    tar -C "$source" --exclude=__pycache__ -cf - . | tar -C "copy-$copy" -xpf -
  done
  sync -f .
fi
[ -d copy-0 ] || {
  echo "VIOLATION: the tree of the earlier run is gone" >&2
  exit 1
}
echo 3 >/proc/sys/vm/drop_caches

# Directories have a size of their own on each file system. (What symbolic links keep, namespace.py checks.)
summary() {
  (cd "$1" && find . -name __pycache__ -prune -o -type d -printf '%P %M %U %G %T@\n' \
    -o -type l -printf '%P %M %U %G %s %l\n' -o -printf '%P %M %U %G %s %T@\n' | sort)
}
for copy in copy-*; do
  diff -r --no-dereference --exclude=__pycache__ "$source" "$copy" || {
    echo "VIOLATION: $copy differs from $source in content" >&2
    exit 1
  }
  diff <(summary "$source") <(summary "$copy") || {
    echo "VIOLATION: $copy differs from $source in attributes" >&2
    exit 1
  }
  echo "  $copy: $(find "$copy" -type f | wc -l) files, $(du -sk "$copy" | cut -f 1) KiB"
done
[ "${1:-}" = again ] || exit 0
rm -rf copy-*
[ -z "$(ls -A)" ] || {
  echo "VIOLATION: rm -rf left $(ls -A)" >&2
  exit 1
}
