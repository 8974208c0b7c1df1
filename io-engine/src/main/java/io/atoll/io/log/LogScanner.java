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

  private final GroupCodec codec;
  private final List<LogSegment> segments;
  private final ByteBuf window;
  private final List<ScannedGroup> found = new ArrayList<>();

  /** Whether the segment that is scanned begins with a header that is none of this volume. */
  private boolean strangerFirst;

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
   * volume's: that it has no group of this one would pass for an empty log. Such a segment begins
   * with a header, but not of this volume, and has none of this volume. What looks like a header
   * further on says nothing: behind the newest group lie pieces of old ones, which users filled.
   */
  public CompletableFuture<List<ScannedGroup>> scan() {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (int i = 0; i < segments.size(); i++) {
      int segment = i;
      done =
          done.thenCompose(ignored -> {
            int foundBefore = found.size();
            strangerFirst = false;
            return scanFrom(segment, 0).thenAccept(scanned -> requireOwn(segment, foundBefore));
          });
    }
    return done.thenApply(ignored -> found);
  }

  /**
   * Reads once more where the group after {@code tail} would be: at the tail, and at the start of
   * each segment. If it is there and whole, it was not torn, but read wrongly before.
   */
  public CompletableFuture<Boolean> isFollowed(LogTail tail) {
    CompletableFuture<Boolean> found = isNextAt(tail.segment(), tail.offsetBytes(), tail);
    for (int i = 0; i < segments.size(); i++) {
      int segment = i;
      found = found.thenCompose(is -> is ? found(true) : isNextAt(segment, 0, tail));
    }
    return found;
  }

  private CompletableFuture<Boolean> isNextAt(int segment, long offset, LogTail tail) {
    LogSegment log = segments.get(segment);
    long most = log.file().lengthBytes() - offset;
    if (most < GroupCodec.BLOCK_BYTES) {
      return found(false);
    }
    return DiskFutures.read(log.file(), log.name(), window, GroupCodec.BLOCK_BYTES, offset)
        .thenCompose(ignored -> {
          GroupHeader header = codec.decodeHeader(window, 0);
          if (header == null
              || header.number() != tail.groupNumber() + 1
              || header.groupBytes() > most) {
            return found(false);
          }
          return DiskFutures.read(log.file(), log.name(), window, header.groupBytes(), offset)
              .thenApply(bytes -> codec.recordsIntact(window, 0, header));
        });
  }

  private static CompletableFuture<Boolean> found(boolean is) {
    return CompletableFuture.completedFuture(is);
  }

  /** Whether a group's records are as its header says. */
  protected boolean intact(GroupCodec groupCodec, ByteBuf in, int index, GroupHeader header) {
    return groupCodec.recordsIntact(in, index, header);
  }

  /** Reads a part of a segment to the start of {@code into}. */
  protected CompletableFuture<Integer> read(
      LogSegment log, ByteBuf into, int bytes, long offsetBytes) {
    return DiskFutures.read(log.file(), log.name(), into, bytes, offsetBytes);
  }

  private void requireOwn(int segment, int foundBefore) {
    if (strangerFirst && found.size() == foundBefore) {
      throw new LogDamage(
          segments.get(segment).name()
              + " at offset 0: the file holds another volume's log, or nothing but a group whose"
              + " header is damaged");
    }
  }

  private CompletableFuture<Void> scanFrom(int segment, long start) {
    long end = segments.get(segment).file().lengthBytes();
    if (start >= end) {
      return CompletableFuture.completedFuture(null);
    }
    windowStart = start;
    windowBytes = (int) Math.min(GroupCodec.MAX_GROUP_BYTES, end - start);
    LogSegment log = segments.get(segment);
    return read(log, window, windowBytes, start)
        .thenCompose(ignored -> scanFrom(segment, scanWindow(segment, end)));
  }

  /** Lists what begins in the window and ends there; returns where the next one starts. */
  private long scanWindow(int segment, long segmentEnd) {
    int at = 0;
    while (at < windowBytes) {
      GroupHeader header = codec.decodeHeader(window, at);
      if (header == null) {
        strangerFirst |= windowStart + at == 0 && GroupCodec.looksLikeHeader(window, at);
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
