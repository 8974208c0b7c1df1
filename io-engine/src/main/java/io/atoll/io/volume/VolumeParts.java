package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.FreedBlocks;
import io.atoll.io.space.PinEpochs;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Makes the parts of a volume that hold its rules, so that tests can break one rule at a time. */
class VolumeParts {

  PinEpochs pins() {
    return new PinEpochs();
  }

  FreedBlocks freedBlocks(PinEpochs pins) {
    return new FreedBlocks(pins);
  }

  BlockChecksums checksums() {
    return new BlockChecksums();
  }

  SyncedUnits syncedUnits() {
    return new SyncedUnits();
  }

  HolePuncher holePuncher(
      Loop loop, OpenedParts parts, VolumeOptions options, HolePuncher.Listener listener) {
    return new HolePuncher(loop, parts, options, listener);
  }

  Overlay overlay() {
    return new Overlay();
  }

  LogScanner scanner(GroupCodec codec, List<LogSegment> segments, ByteBuf window) {
    return new LogScanner(codec, segments, window);
  }

  LastGroupCheck lastGroupCheck(ByteBuf window) {
    return new LastGroupCheck(window);
  }
}
