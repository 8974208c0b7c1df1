package io.atoll.io.ring;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileArguments;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.atoll.io.ring.SlotTable.Kind;
import io.netty.buffer.ByteBuf;

/** A file on the loop's own ring. Loop-confined. */
final class RingFile implements DiskFile {

  final int fd;

  /** Kept by {@link RingOperations}. */
  final FileQueue syncs = new FileQueue(Disk.MAX_FILE_SYNCS_IN_FLIGHT);

  final FileQueue others = new FileQueue(Disk.MAX_FILE_OPERATIONS_IN_FLIGHT);

  private final RingOperations operations;
  private final String name;
  private final int alignmentMask;
  private long lengthBytes;
  private IoCompletion closeCompletion;
  private long closeCookie;

  RingFile(RingOperations operations, String name, int fd, int alignmentBytes, long lengthBytes) {
    this.operations = operations;
    this.name = name;
    this.fd = fd;
    this.alignmentMask = alignmentBytes - 1;
    this.lengthBytes = lengthBytes;
  }

  /** The same opening of the same file, for another disk of its folder. On that disk's loop. */
  RingFile on(RingOperations others) {
    int duplicate = Syscalls.duplicate(fd);
    if (duplicate < 0) {
      throw new DiskException(name + " can't be shared", -duplicate);
    }
    return new RingFile(others, name, duplicate, alignmentMask + 1, lengthBytes);
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
      operations.read(this, address, length, offsetBytes, completion, cookie);
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
    long address = checkedAddress(buffer, index, length, offsetBytes);
    if (aligned(address | length | offsetBytes, completion, cookie)) {
      operations.write(this, address, length, offsetBytes, completion, cookie);
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
    long address = checkedAddress(buffer, index, length, offsetBytes);
    if (aligned(address | length | offsetBytes, completion, cookie)) {
      operations.writeDurably(this, address, length, offsetBytes, completion, cookie);
    }
  }

  @Override
  public void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    moveVectored(Kind.VECTORED_READ, buffers, count, offsetBytes, completion, cookie);
  }

  @Override
  public void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    moveVectored(Kind.VECTORED_WRITE, buffers, count, offsetBytes, completion, cookie);
  }

  private void moveVectored(
      Kind kind,
      ByteBuf[] buffers,
      int count,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    int checkedCount = FileArguments.count(name, count);
    long bits = offsetBytes;
    int total = 0;
    for (int i = 0; i < checkedCount; i++) {
      ByteBuf buffer = buffers[i];
      int length = buffer.readableBytes();
      bits |= length | checkedAddress(buffer, buffer.readerIndex(), length, offsetBytes);
      total = Math.addExact(total, length);
    }
    if (aligned(bits, completion, cookie)) {
      operations.moveVectored(kind, this, buffers, count, total, offsetBytes, completion, cookie);
    }
  }

  @Override
  public void dataSync(IoCompletion completion, long cookie) {
    checkOpen();
    operations.dataSync(this, completion, cookie);
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    operations.changeSpace(this, Kind.ALLOCATE, 0, offsetBytes, lengthBytes, completion, cookie);
  }

  @Override
  public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    int mode = LinuxAbi.FALLOC_FL_PUNCH_HOLE | LinuxAbi.FALLOC_FL_KEEP_SIZE;
    operations.changeSpace(this, Kind.PUNCH, mode, offsetBytes, lengthBytes, completion, cookie);
  }

  @Override
  public long lengthBytes() {
    return lengthBytes;
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closeCompletion = completion;
    closeCookie = cookie;
    operations.closeWhenIdle(this);
  }

  boolean isClosing() {
    return closeCompletion != null;
  }

  /** What the end of this file's last operation, its closing, is told to. */
  IoCompletion closeCompletion() {
    return (none, result) -> closeCompletion.completed(closeCookie, result);
  }

  void grownTo(long bytes) {
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
    if (isClosing()) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  @Override
  public String toString() {
    return "RingFile[" + name + "]";
  }
}
