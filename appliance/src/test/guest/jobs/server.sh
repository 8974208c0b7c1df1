#!/bin/bash
# Serves the file system on the disk /dev/vdd with the JDK and the classes on /dev/vdc, until the test says `stop` or
# cuts the power.
# shellcheck source=appliance/src/test/guest/jobs/lib.sh
. "$(dirname "$0")/lib.sh"
readonly RUNTIME=/runtime DATA=/data
readonly MEMORY=(-Xms128m -Xmx384m -XX:MaxDirectMemorySize=256m -XX:TieredStopAtLevel=1)

mkdir -p "$RUNTIME" "$DATA"
mount -o ro /dev/vdc "$RUNTIME"
mount /dev/vdd "$DATA"
"$RUNTIME/jdk/bin/java" "@$RUNTIME/java.args" "${MEMORY[@]}" -cp "$RUNTIME/classes:$RUNTIME/lib/*" \
  io.atoll.cli.AtollCommand serve "--data=$DATA/atoll" --nfs=0.0.0.0:2049 --lease-seconds=300 &
server=$!
until (exec 4<>/dev/tcp/127.0.0.1/2049) 2>/dev/null; do
  kill -0 "$server"
  sleep 0.2
done
mark READY
await_line stop
kill "$server"
wait "$server"
umount "$DATA"
