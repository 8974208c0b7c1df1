package io.atoll.figures;

import java.util.concurrent.atomic.AtomicLong;

/** What is known of a served file system; written by its home loop, read by any thread. */
public final class FileSystemWatch {
  private final String id;
  private final RequestFigures requests = new RequestFigures();
  private final AtomicLong fencings = new AtomicLong();
  private volatile FileSystemSample sample;
  private volatile boolean isUp;

  /**
   * @param id as EFS writes it
   */
  public FileSystemWatch(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }

  /** Recorded as it happens. */
  public RequestFigures requests() {
    return requests;
  }

  /** Of a second ago at most while the loop goes well; null before the first. */
  public FileSystemSample sample() {
    return sample;
  }

  public void sample(FileSystemSample taken) {
    sample = taken;
  }

  /** Whether clients can reach it. */
  public boolean isUp() {
    return isUp;
  }

  public void isUp(boolean now) {
    isUp = now;
  }

  /** It was fenced. */
  public void fenced() {
    fencings.setOpaque(fencings.getPlain() + 1);
  }

  public long fencings() {
    return fencings.getOpaque();
  }
}
