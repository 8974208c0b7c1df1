package io.atoll.io.worker;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileArguments;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.OperationShares.Share;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;

/** A file that workers read and write. Loop-confined. Each operation allocates. */
final class WorkerFile implements DiskFile {

  private final WorkerDisk disk;
  private final WorkerOperations operations;
  private final String name;
  private final int fd;
  private final int alignmentMask;
  private final Lane syncs = new Lane(Share.SYNCS, Disk.MAX_FILE_SYNCS_IN_FLIGHT);
  private final Lane others = new Lane(Share.OTHERS, Disk.MAX_FILE_OPERATIONS_IN_FLIGHT);
  private long lengthBytes;
  private boolean closing;
  private Runnable closeTask;

  WorkerFile(WorkerDisk disk, WorkerOperations operations, String name, int fd, long lengthBytes) {
    this.disk = disk;
    this.operations = operations;
    this.name = name;
    this.fd = fd;
    this.alignmentMask = disk.alignmentBytes() - 1;
    this.lengthBytes = lengthBytes;
  }

  /** The same opening of the same file, for another disk of its folder. On that disk's loop. */
  WorkerFile on(WorkerDisk other, WorkerOperations others) {
    int duplicate = Syscalls.duplicate(fd);
    if (duplicate < 0) {
      throw new DiskException(name + " can't be shared", -duplicate);
    }
    return new WorkerFile(other, others, name, duplicate, lengthBytes);
  }

  int descriptor() {
    return fd;
  }

  @Override
  public void read(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    long address = checkedAddress(buffer, index, length, offsetBytes);
    if (aligned(address | length | offsetBytes, completion, cookie)) {
      others.start(
          () -> BlockingTransfer.read(fd, address, length, offsetBytes, alignmentMask),
          operations.counters()::countRead,
          completion,
          cookie);
    }
  }

  @Override
  public void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    long[] addresses = new long[FileArguments.count(name, count)];
    int[] lengths = new int[count];
    long bits = vectors(buffers, addresses, lengths, offsetBytes);
    if (aligned(bits, completion, cookie)) {
      others.start(
          () -> BlockingTransfer.read(fd, addresses, lengths, offsetBytes, alignmentMask),
          operations.counters()::countRead,
          completion,
          cookie);
    }
  }

  @Override
  public void write(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    long[] addresses = {checkedAddress(buffer, index, length, offsetBytes)};
    int[] lengths = {length};
    if (aligned(addresses[0] | length | offsetBytes, completion, cookie)) {
      startWrite(addresses, lengths, offsetBytes, completion, cookie);
    }
  }

  @Override
  public void writeDurably(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    long[] addresses = {checkedAddress(buffer, index, length, offsetBytes)};
    int[] lengths = {length};
    if (aligned(addresses[0] | length | offsetBytes, completion, cookie)) {
      syncs.start(
          () -> writeDurably(addresses, lengths, offsetBytes),
          result -> {
            operations.counters().countDurableWrite(result);
            grownTo(offsetBytes + result);
          },
          completion,
          cookie);
    }
  }

  private int writeDurably(long[] addresses, int[] lengths, long offsetBytes) {
    if (disk.durableWriteFlushes()) {
      return BlockingTransfer.write(
          fd, addresses, lengths, offsetBytes, LinuxAbi.RWF_DSYNC, alignmentMask);
    }
    int written = BlockingTransfer.write(fd, addresses, lengths, offsetBytes, 0, alignmentMask);
    if (written < 0) {
      return written;
    }
    int synced = Syscalls.fdatasync(fd);
    return synced < 0 ? synced : written;
  }

  @Override
  public void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    long[] addresses = new long[FileArguments.count(name, count)];
    int[] lengths = new int[count];
    long bits = vectors(buffers, addresses, lengths, offsetBytes);
    if (aligned(bits, completion, cookie)) {
      startWrite(addresses, lengths, offsetBytes, completion, cookie);
    }
  }

  /** Where the buffers' readable bytes are; gives all bits that must be aligned. */
  private long vectors(ByteBuf[] buffers, long[] addresses, int[] lengths, long offsetBytes) {
    long bits = offsetBytes;
    for (int i = 0; i < lengths.length; i++) {
      ByteBuf buffer = buffers[i];
      lengths[i] = buffer.readableBytes();
      addresses[i] = checkedAddress(buffer, buffer.readerIndex(), lengths[i], offsetBytes);
      bits |= addresses[i] | lengths[i];
    }
    return bits;
  }

  private void startWrite(
      long[] addresses, int[] lengths, long offsetBytes, IoCompletion completion, long cookie) {
    others.start(
        () -> BlockingTransfer.write(fd, addresses, lengths, offsetBytes, 0, alignmentMask),
        result -> {
          operations.counters().countWrite(result);
          grownTo(offsetBytes + result);
        },
        completion,
        cookie);
  }

  @Override
  public void dataSync(IoCompletion completion, long cookie) {
    checkOpen();
    syncs.start(
        () -> Syscalls.fdatasync(fd),
        result -> operations.counters().countDataSync(),
        completion,
        cookie);
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    others.start(
        () -> Syscalls.fallocate(fd, 0, offsetBytes, lengthBytes),
        result -> {
          operations.counters().countSpaceChange();
          grownTo(offsetBytes + lengthBytes);
        },
        completion,
        cookie);
  }

  @Override
  public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    int mode = LinuxAbi.FALLOC_FL_PUNCH_HOLE | LinuxAbi.FALLOC_FL_KEEP_SIZE;
    others.start(
        () -> Syscalls.fallocate(fd, mode, offsetBytes, lengthBytes),
        result -> operations.counters().countSpaceChange(),
        completion,
        cookie);
  }

  @Override
  public long lengthBytes() {
    return lengthBytes;
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeTask =
        () -> {
          disk.closed(this);
          operations.run(
              Share.NAMES,
              () -> disk.closeDescriptor(fd),
              result -> operations.end(Share.NAMES, completion, cookie, result));
        };
    if (operations.begin(Share.NAMES, completion, cookie)) {
      closeWhenIdle();
    }
  }

  boolean isClosing() {
    return closing;
  }

  private void closeWhenIdle() {
    if (syncs.isIdle() && others.isIdle() && closeTask != null) {
      Runnable task = closeTask;
      closeTask = null;
      task.run();
    }
  }

  private void grownTo(long bytes) {
    lengthBytes = Math.max(lengthBytes, bytes);
  }

  private boolean aligned(long bits, IoCompletion completion, long cookie) {
    if ((bits & alignmentMask) == 0) {
      return true;
    }
    operations.reject(completion, cookie, -Errno.EINVAL);
    return false;
  }

  private long checkedAddress(ByteBuf buffer, int index, int length, long offsetBytes) {
    checkOpen();
    return FileArguments.address(name, buffer, index, length, offsetBytes);
  }

  private void checkSpace(long offsetBytes, long lengthBytes) {
    checkOpen();
    FileArguments.checkSpace(name, offsetBytes, lengthBytes);
  }

  private void checkOpen() {
    if (closing) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  @Override
  public String toString() {
    return "WorkerFile[" + name + "]";
  }

  /** One class of this file's operations, with a bound of its own on those with the workers. */
  private final class Lane {
    private final Share share;
    private final int maxInFlight;
    private final ArrayDeque<Operation> queue = new ArrayDeque<>();
    private int inFlight;

    Lane(Share share, int maxInFlight) {
      this.share = share;
      this.maxInFlight = maxInFlight;
    }

    boolean isIdle() {
      return inFlight == 0 && queue.isEmpty();
    }

    void start(
        Callable<Integer> call, IntConsumer succeeded, IoCompletion completion, long cookie) {
      if (operations.begin(share, completion, cookie)) {
        queue.add(new Operation(call, succeeded, completion, cookie));
        runQueued();
      }
    }

    private void runQueued() {
      while (inFlight < maxInFlight && !queue.isEmpty()) {
        inFlight++;
        Operation operation = queue.poll();
        operations.run(share, operation.call, result -> ended(operation, result));
      }
    }

    private void ended(Operation operation, int result) {
      inFlight--;
      if (result >= 0) {
        operation.succeeded.accept(result);
      }
      runQueued();
      closeWhenIdle();
      operations.end(share, operation.completion, operation.cookie, result);
    }
  }

  private record Operation(
      Callable<Integer> call, IntConsumer succeeded, IoCompletion completion, long cookie) {}
}
