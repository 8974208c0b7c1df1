package io.atoll.io.sim;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.OperationShares.Share;
import io.atoll.io.sim.SimDisk.Operation;
import io.atoll.io.sim.SimDisk.Transfer;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntSupplier;

/** An open file of a {@link SimDisk}. */
final class SimDiskFile implements DiskFile {
  private static final int PAGE_BYTES = SimFile.PAGE_BYTES;

  private final SimDisk disk;
  private final SimMedium medium;
  private final SimFile file;
  private int inFlight;
  private boolean closing;
  private Runnable closeTask;

  SimDiskFile(SimDisk disk, SimFile file) {
    this.disk = disk;
    this.file = file;
    medium = disk.medium();
  }

  boolean isClosing() {
    return closing;
  }

  @Override
  public void read(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    long bits = check(buffer, index, length, offsetBytes);
    start(
        Operation.READ,
        offsetBytes,
        bits,
        null,
        () -> {
          int bytes = readPages(buffer, index, length, offsetBytes);
          spoil(buffer, index, bytes);
          disk.counters().countRead(bytes);
          return bytes;
        },
        completion,
        cookie);
  }

  @Override
  public void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    checkCount(count);
    ByteBuf[] taken = Arrays.copyOf(buffers, count);
    long bits = 0;
    for (ByteBuf each : taken) {
      bits |= check(each, each.readerIndex(), each.readableBytes(), offsetBytes);
    }
    start(
        Operation.READ,
        offsetBytes,
        bits,
        null,
        () -> {
          int total = 0;
          for (ByteBuf each : taken) {
            int bytes =
                readPages(each, each.readerIndex(), each.readableBytes(), offsetBytes + total);
            total += bytes;
            if (bytes < each.readableBytes()) {
              break;
            }
          }
          spoil(taken[0], taken[0].readerIndex(), Math.min(total, taken[0].readableBytes()));
          disk.counters().countRead(total);
          return total;
        },
        completion,
        cookie);
  }

  private int readPages(ByteBuf into, int index, int length, long offsetBytes) {
    int bytes = (int) Math.max(0, Math.min(length, lengthBytes() - offsetBytes));
    for (int at = 0; at < bytes; at += PAGE_BYTES) {
      into.setBytes(index + at, file.visiblePage((int) ((offsetBytes + at) / PAGE_BYTES)));
    }
    return bytes;
  }

  /** A bit of what is read may turn on its way. */
  private void spoil(ByteBuf read, int index, int bytes) {
    if (bytes > 0 && disk.transfer(Operation.READ, file.name) == Transfer.FLIPPED) {
      int at = index + disk.luck(bytes);
      read.setByte(at, read.getByte(at) ^ (1 << disk.luck(Byte.SIZE)));
    }
  }

  private void checkCount(int count) {
    if (count < 1 || count > Disk.MAX_VECTOR_BUFFERS) {
      throw new IllegalArgumentException(
          count + " buffers in one operation, 1 to " + Disk.MAX_VECTOR_BUFFERS + " go");
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
    long bits = check(buffer, index, length, offsetBytes);
    SimWrite write = new SimWrite(file, offsetBytes, length, index, buffer);
    startWrite(bits, write, length, completion, cookie);
  }

  @Override
  public void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    checkCount(count);
    ByteBuf[] taken = Arrays.copyOf(buffers, count);
    int[] starts = new int[count];
    int[] lengths = new int[count];
    int total = 0;
    long bits = 0;
    for (int i = 0; i < count; i++) {
      starts[i] = taken[i].readerIndex();
      lengths[i] = taken[i].readableBytes();
      bits |= check(taken[i], starts[i], lengths[i], offsetBytes);
      total += lengths[i];
    }
    SimWrite write = new SimWrite(file, offsetBytes, total, starts, lengths, taken);
    startWrite(bits, write, total, completion, cookie);
  }

  private void startWrite(
      long bits, SimWrite write, int length, IoCompletion completion, long cookie) {
    start(
        Operation.WRITE,
        (long) write.firstPage * PAGE_BYTES,
        bits,
        write,
        () -> {
          medium.complete(write, disk.transfer(Operation.WRITE, file.name));
          disk.counters().countWrite(length);
          return length;
        },
        completion,
        cookie);
  }

  @Override
  public void writeDurably(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    long bits = check(buffer, index, length, offsetBytes);
    SimWrite write = new SimWrite(file, offsetBytes, length, index, buffer);
    long submitted = medium.now();
    start(
        Operation.WRITE_DURABLY,
        offsetBytes,
        bits,
        write,
        () -> {
          medium.complete(write, disk.transfer(Operation.WRITE_DURABLY, file.name));
          medium.completeDurably(write, submitted);
          disk.counters().countDurableWrite(length);
          return length;
        },
        completion,
        cookie);
  }

  @Override
  public void dataSync(IoCompletion completion, long cookie) {
    long submitted = medium.now();
    start(
        Operation.SYNC,
        0,
        0,
        null,
        () -> {
          medium.flush(submitted, file);
          disk.counters().countDataSync();
          return 0;
        },
        completion,
        cookie);
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    start(
        Operation.ALLOCATE,
        offsetBytes,
        0,
        null,
        () -> {
          if (!medium.allocate(file, page(offsetBytes), page(offsetBytes + lengthBytes))) {
            return -Errno.ENOSPC;
          }
          disk.counters().countSpaceChange();
          return 0;
        },
        completion,
        cookie);
  }

  @Override
  public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    checkSpace(offsetBytes, lengthBytes);
    start(
        Operation.PUNCH,
        offsetBytes,
        0,
        null,
        () -> {
          medium.punch(file, page(offsetBytes), page(offsetBytes + lengthBytes));
          disk.counters().countSpaceChange();
          return 0;
        },
        completion,
        cookie);
  }

  private static int page(long offsetBytes) {
    return (int) (offsetBytes / PAGE_BYTES);
  }

  @Override
  public long lengthBytes() {
    return file.lengthPages() * PAGE_BYTES;
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeTask =
        () ->
            disk.start(
                Share.NAMES,
                Operation.OPEN,
                file.name,
                () -> {
                  disk.closed(this);
                  return 0;
                },
                completion,
                cookie);
    closeWhenIdle();
  }

  private void closeWhenIdle() {
    if (inFlight == 0 && closeTask != null) {
      Runnable task = closeTask;
      closeTask = null;
      task.run();
    }
  }

  /**
   * @param bits that tell whether all is aligned
   * @param write that it is, or null
   * @param act carries it out, unless it fails
   */
  private void start(
      Operation kind,
      long offsetBytes,
      long bits,
      SimWrite write,
      IntSupplier act,
      IoCompletion completion,
      long cookie) {
    checkOpen();
    if (bits % PAGE_BYTES != 0) {
      disk.reject(completion, cookie, -Errno.EINVAL);
      return;
    }
    Share share =
        kind == Operation.SYNC || kind == Operation.WRITE_DURABLY ? Share.SYNCS : Share.OTHERS;
    long submitted = kind.syncs() ? medium.now() : 0;
    boolean started =
        disk.start(
            share,
            kind,
            file.name,
            () -> {
              int fault = disk.fault(kind, file.name, offsetBytes);
              int result = fault == 0 ? act.getAsInt() : failed(write, fault);
              if (kind.syncs() && fault != 0 && disk.forgets()) {
                medium.forget(submitted, kind == Operation.SYNC ? file : null);
              }
              inFlight--;
              closeWhenIdle();
              return result;
            },
            completion,
            cookie);
    if (started) {
      inFlight++;
      if (write != null) {
        medium.begin(write);
      }
    }
  }

  /** A write that the disk has begun may have happened. */
  private int failed(SimWrite write, int errno) {
    if (write != null && errno == Errno.EAGAIN) {
      medium.drop(write);
    } else if (write != null) {
      medium.endHalfway(write);
    }
    return -errno;
  }

  /** The bits that tell whether all is aligned. */
  private long check(ByteBuf buffer, int index, int length, long offsetBytes) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (length < 1 || offsetBytes < 0) {
      throw new IllegalArgumentException(
          "nothing to move at offset " + offsetBytes + ", length " + length);
    }
    return (buffer.memoryAddress() + index) | length | offsetBytes;
  }

  private void checkSpace(long offsetBytes, long lengthBytes) {
    if (offsetBytes < 0 || lengthBytes < 1) {
      throw new IllegalArgumentException(
          "no space at offset " + offsetBytes + ", length " + lengthBytes);
    }
  }

  private void checkOpen() {
    if (closing) {
      throw new IllegalStateException(file.name + " is closed");
    }
  }
}
