package io.atoll.io.log;

import io.atoll.io.disk.DiskFutures;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads all segments from end to end and lists every group of this volume in them, old ones that
 * recycling has left over included. One bounded buffer; loop-confined.
 */
public class LogScanner {

  /** So many headers of one segment that agree on another salt are no accident. */
  private static final int STRANGERS_MIN = 2;

  private final GroupCodec codec;
  private final List<LogSegment> segments;
  private final ByteBuf window;
  private final List<ScannedGroup> found = new ArrayList<>();

  /** Of what looks like a header in the segment that is scanned, and is none of this volume. */
  private SaltFinder strangers = new SaltFinder();

  private long windowStart;
  private int windowBytes;

  /**
   * @param window of {@link GroupCodec#MAX_GROUP_BYTES}; the scan's until it completes
   */
  public LogScanner(GroupCodec codec, List<LogSegment> segments, ByteBuf window) {
    this.codec = codec;
    this.segments = segments;
    this.window = window;
  }

  /**
   * All groups, by segment and offset. Fails with {@link LogDamage} if a segment is another
   * volume's: that it has no group of this one would pass for an empty log.
   */
  public CompletableFuture<List<ScannedGroup>> scan() {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (int i = 0; i < segments.size(); i++) {
      int segment = i;
      done =
          done.thenCompose(ignored -> scanFrom(segment, 0))
              .thenAccept(ignored -> requireOwn(segment));
    }
    return done.thenApply(ignored -> found);
  }

  /** Whether a group's records are as its header says. */
  protected boolean intact(GroupCodec groupCodec, ByteBuf in, int index, GroupHeader header) {
    return groupCodec.recordsIntact(in, index, header);
  }

  private void requireOwn(int segment) {
    if (strangers.agreeing() >= STRANGERS_MIN) {
      throw new LogDamage(
          segments.get(segment).name() + " at offset 0: the file holds another volume's log");
    }
    strangers = new SaltFinder();
  }

  private CompletableFuture<Void> scanFrom(int segment, long start) {
    long end = segments.get(segment).file().lengthBytes();
    if (start >= end) {
      return CompletableFuture.completedFuture(null);
    }
    windowStart = start;
    windowBytes = (int) Math.min(GroupCodec.MAX_GROUP_BYTES, end - start);
    LogSegment log = segments.get(segment);
    return DiskFutures.read(log.file(), log.name(), window, windowBytes, start)
        .thenCompose(ignored -> scanFrom(segment, scanWindow(segment, end)));
  }

  /** Lists what begins in the window and ends there; returns where the next one starts. */
  private long scanWindow(int segment, long segmentEnd) {
    int at = 0;
    while (at < windowBytes) {
      GroupHeader header = codec.decodeHeader(window, at);
      if (header == null) {
        strangers.look(window, at);
        at += GroupCodec.BLOCK_BYTES;
        continue;
      }
      int bytes = header.groupBytes();
      if (at + bytes > windowBytes && windowStart + at + bytes <= segmentEnd && at > 0) {
        break;
      }
      boolean whole = at + bytes <= windowBytes && intact(codec, window, at, header);
      found.add(new ScannedGroup(segment, windowStart + at, header, whole));
      at += whole ? bytes : GroupCodec.BLOCK_BYTES;
    }
    return windowStart + at;
  }
}
