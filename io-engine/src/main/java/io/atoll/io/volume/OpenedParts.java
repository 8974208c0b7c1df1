package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.index.Index;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.LogTail;
import io.atoll.io.log.SegmentSet;
import io.atoll.io.space.Holes;
import io.atoll.io.space.MapMemory;
import io.atoll.io.space.SpaceMap;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What opening has found and made: a volume whose index has all of its log.
 *
 * @param superblock with this opening's incarnation, durable
 * @param superblockFile open
 * @param extents open
 * @param segments all of the log's, open
 * @param codec of its log
 * @param tail where the log goes on
 * @param index with all up to {@code tail.sequence()} applied and flushed
 * @param space as the index has it
 * @param holes its units that are holes
 * @param mapMemory what {@code space} takes
 * @param usedBlocks allocated ones
 * @param diskUsableBytes as the disk said
 * @param recovery what was done to get there
 * @param zeros 1 MiB of zeros, to be released when the volume is closed
 */
record OpenedParts(
    Superblock superblock,
    DiskFile superblockFile,
    DiskFile extents,
    List<LogSegment> segments,
    GroupCodec codec,
    LogTail tail,
    Index index,
    SpaceMap space,
    Holes holes,
    MapMemory.Share mapMemory,
    long usedBlocks,
    long diskUsableBytes,
    VolumeRecovery recovery,
    ByteBuf zeros) {

  SegmentSet segmentSet() {
    SegmentSet set = new SegmentSet(segments, segments.get(tail.segment()), tail.offsetBytes());
    set.flushed(tail.sequence());
    return set;
  }
}
