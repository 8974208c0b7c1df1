package io.atoll.io.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a log: which one is written, where, and which may be recycled. A segment is free
 * when the index has flushed all that it holds; the one that holds the newest group never is.
 * Loop-confined.
 */
public final class SegmentSet {

  private final List<LogSegment> segments;
  private LogSegment current;
  private long offsetBytes;
  private long flushedSequence;

  /**
   * @param segments at least one, all of the same length
   * @param current the one that is written next
   * @param offsetBytes where in it
   */
  public SegmentSet(List<LogSegment> segments, LogSegment current, long offsetBytes) {
    this.segments = new ArrayList<>(segments);
    this.current = current;
    this.offsetBytes = offsetBytes;
  }

  /**
   * Makes {@code bytes}, at most a segment's length, fit at {@link #offsetBytes} of {@link
   * #current}; false if no segment is free.
   */
  boolean makeRoom(int bytes) {
    if (offsetBytes + bytes <= current.file().lengthBytes()) {
      return true;
    }
    LogSegment free = anyFree();
    if (free == null) {
      return false;
    }
    current = free;
    offsetBytes = 0;
    return true;
  }

  LogSegment current() {
    return current;
  }

  long offsetBytes() {
    return offsetBytes;
  }

  /** The number of the segment that is written. */
  public int currentNumber() {
    return segments.indexOf(current);
  }

  /** Notes that a group up to {@code sequence} goes to the current place. */
  void advance(int bytes, long sequence) {
    current.holds(sequence);
    offsetBytes += bytes;
  }

  /** Adds a new segment, all zeros. */
  public void add(LogSegment segment) {
    segments.add(segment);
  }

  /** The index has flushed all up to {@code sequence}. */
  public void flushed(long sequence) {
    flushedSequence = Math.max(flushedSequence, sequence);
  }

  public int count() {
    return segments.size();
  }

  public int freeCount() {
    int free = 0;
    for (int i = 0; i < segments.size(); i++) {
      if (isFree(segments.get(i))) {
        free++;
      }
    }
    return free;
  }

  /** Whether a flush of all up to {@code sequence} would free a segment. */
  public boolean anyFreedBy(long sequence) {
    for (int i = 0; i < segments.size(); i++) {
      LogSegment segment = segments.get(i);
      if (segment != current && !isFree(segment) && segment.lastSequence() <= sequence) {
        return true;
      }
    }
    return false;
  }

  public List<LogSegment> all() {
    return List.copyOf(segments);
  }

  private LogSegment anyFree() {
    for (int i = 0; i < segments.size(); i++) {
      if (isFree(segments.get(i))) {
        return segments.get(i);
      }
    }
    return null;
  }

  private boolean isFree(LogSegment segment) {
    return segment != current && segment.lastSequence() <= flushedSequence;
  }
}
