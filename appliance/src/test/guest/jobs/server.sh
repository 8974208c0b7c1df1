#!/bin/bash
# Serves the file system on the disk /dev/vdd with the JDK and the classes on /dev/vdc and the options in its
# arguments, until the test says `stop` or cuts the power.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly RUNTIME=/runtime DATA=/data

# An emulated machine hangs now and then, and then tells nothing any more.
beat() { while sleep 10; do mark ALIVE; done; }

mark BOOTED
beat &
mkdir -p "$RUNTIME" "$DATA"
mount -o ro /dev/vdc "$RUNTIME"
mount /dev/vdd "$DATA"
mark MOUNTED
cd "$RUNTIME"
jdk/bin/java @java.args -XX:SharedArchiveFile=atoll.jsa -Xlog:cds=off,aot=off \
  io.atoll.cli.AtollCommand serve "--data=$DATA/atoll" --nfs=0.0.0.0:2049 --lease-seconds=300 "$@" &
server=$!
until (exec 4<>/dev/tcp/127.0.0.1/2049) 2>/dev/null; do
  kill -0 "$server"
  sleep 0.5
done
mark READY
await_line stop
kill "$server"
wait "$server"
umount "$DATA"
