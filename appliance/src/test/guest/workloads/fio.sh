#!/bin/bash
# fio writes blocks at random, several in flight, and verifies every one: buffered, and with direct I/O.
set -euo pipefail
size=$((4 * ${ATOLL_SCALE:-1}))m
common=(--filename=data --size="$size" --rw=randwrite --norandommap=0 --verify=crc32c --verify_fatal=1
  --do_verify=1 --minimal --eta=never)

for options in "--ioengine=psync --bs=4k --fsync=64" \
  "--ioengine=libaio --iodepth=16 --direct=1 --bsrange=4k-64k --bs_unaligned=0"; do
  rm -f data
  # shellcheck disable=SC2086 # the options are words
  fio --name=verify "${common[@]}" $options >fio.out 2>&1 || {
    cat fio.out >&2
    echo "VIOLATION: fio $options did not read what it had written" >&2
    exit 1
  }
done
