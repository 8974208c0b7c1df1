package io.atoll.io.ring;

import io.atoll.io.disk.IoCompletion;
import io.atoll.io.linux.LinuxAbi;

/** Makes the names in one folder durable: opens it, syncs it, closes it. Loop-confined. */
final class FolderSync {

  private final RingOperations operations;
  private final IoCompletion done;
  private final NativeNames names = new NativeNames();
  private int fd;

  private FolderSync(RingOperations operations, IoCompletion done) {
    this.operations = operations;
    this.done = done;
  }

  /**
   * Starts.
   *
   * @param root descriptor of the disk's directory
   * @param folder relative to it, or {@code "."}
   */
  static void start(RingOperations operations, int root, String folder, IoCompletion done) {
    FolderSync sync = new FolderSync(operations, done);
    operations.metadata(
        RingOpcode.OPENAT,
        root,
        0,
        sync.names.address(folder),
        0,
        LinuxAbi.O_RDONLY | LinuxAbi.O_DIRECTORY | LinuxAbi.O_CLOEXEC,
        sync::opened);
  }

  private void opened(long none, int result) {
    names.close();
    if (result < 0) {
      done.completed(0, result);
      return;
    }
    fd = result;
    operations.metadata(RingOpcode.FSYNC, fd, 0, 0, 0, 0, this::synced);
  }

  private void synced(long none, int result) {
    operations.closeDescriptor(fd, (ignored, closed) -> done.completed(0, result));
  }
}
