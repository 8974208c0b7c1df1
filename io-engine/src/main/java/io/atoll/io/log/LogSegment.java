package io.atoll.io.log;

import io.atoll.io.disk.DiskFile;

/** One pre-written file of the log. Loop-confined. */
public final class LogSegment {

  private final String name;
  private final DiskFile file;
  private long lastSequence;

  public LogSegment(String name, DiskFile file) {
    this.name = name;
    this.file = file;
  }

  /** The name of segment {@code number} within a volume's folder. */
  public static String name(int number) {
    return String.format("log/%04d", number);
  }

  public String name() {
    return name;
  }

  public DiskFile file() {
    return file;
  }

  /** The highest sequence that it holds, 0 if none. */
  long lastSequence() {
    return lastSequence;
  }

  void holds(long sequence) {
    lastSequence = Math.max(lastSequence, sequence);
  }
}
