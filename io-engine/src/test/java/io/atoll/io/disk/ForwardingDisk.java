package io.atoll.io.disk;

/** A disk that hands all to another one: for tests that change one thing of it, or of its files. */
public class ForwardingDisk implements Disk {

  protected final Disk disk;

  protected ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  /** What is given in place of a file that has been opened. */
  protected DiskFile opened(String name, DiskFile file) {
    return file;
  }

  @Override
  public int alignmentBytes() {
    return disk.alignmentBytes();
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    disk.open(
        name,
        mode,
        (file, result) -> opened.opened(file == null ? null : opened(name, file), result));
  }

  @Override
  public DiskFile share(DiskFile file) {
    return disk.share(file instanceof ForwardingFile forwarding ? forwarding.file : file);
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    disk.rename(name, target, completion, cookie);
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    disk.remove(name, completion, cookie);
  }

  @Override
  public IoCounters counters() {
    return disk.counters();
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    disk.close(completion, cookie);
  }
}
