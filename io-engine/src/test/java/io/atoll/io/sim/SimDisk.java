package io.atoll.io.sim;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A disk with a volatile cache, on a file system that converts allocated space when it is first
 * written. A write is visible when it completes and survives a crash for sure only when a flush has
 * covered it: a durable write or a sync that was submitted after it had completed. A flush of
 * another file covers it only in space that was written before; in merely allocated space the
 * file's own sync is needed. What is not covered survives in any subset of 512-byte sectors.
 * Operations complete in random order after random time.
 */
public final class SimDisk implements Disk {

  public static final int SECTOR_BYTES = 512;
  private static final int PAGE_BYTES = SimFile.PAGE_BYTES;
  private static final long MAX_IO_NANOS = 100_000;
  private static final int SECTORS_PER_PAGE = PAGE_BYTES / SECTOR_BYTES;

  private final SimLoop loop;
  private final SplittableRandom random;
  private final long capacityBytes;
  private final Map<String, SimFile> files = new HashMap<>();
  private final List<Write> unflushed = new ArrayList<>();
  private final List<Runnable> pendingNameChanges = new ArrayList<>();
  private final IoCounters counters = new IoCounters();
  private Faults faults = Faults.NONE;
  private DurableWrites durableWrites = (name, page, bytes) -> {};
  private long allocatedBytes;
  private final byte[] scratch = new byte[PAGE_BYTES];
  private long clock;

  public SimDisk(SimLoop loop, SplittableRandom random, long capacityBytes) {
    this.loop = loop;
    this.random = random;
    this.capacityBytes = capacityBytes;
  }

  /** Decides which operations fail from now on. */
  public void faults(Faults newFaults) {
    faults = newFaults;
  }

  /** Is told each page that becomes durable. */
  public void durableWrites(DurableWrites listener) {
    durableWrites = listener;
  }

  /** What is left of its capacity. */
  public long usableBytes() {
    return capacityBytes - allocatedBytes;
  }

  public boolean exists(String name) {
    return files.containsKey(name);
  }

  public long lengthBytes(String name) {
    return files.get(name).lengthPages() * PAGE_BYTES;
  }

  /** What a crash now would surely leave of a page; not to be changed. */
  public byte[] durablePage(String name, long page) {
    return files.get(name).durablePage((int) page);
  }

  /** What a read of a page would see; not to be changed. */
  public byte[] visiblePage(String name, long page) {
    return files.get(name).visiblePage((int) page);
  }

  /** The medium decays: flips one bit for good. */
  public void flipBit(String name, long offsetBytes, int bit) {
    int page = (int) (offsetBytes / PAGE_BYTES);
    byte[] bytes = files.get(name).visiblePage(page).clone();
    bytes[(int) (offsetBytes % PAGE_BYTES)] ^= (byte) (1 << bit);
    replace(name, page, bytes);
  }

  /** Puts a page in place of another, for good. */
  public void replace(String name, long page, byte[] bytes) {
    SimFile file = files.get(name);
    file.see((int) page, bytes);
    file.makeDurable((int) page, bytes);
  }

  /** Removes a file behind everybody's back. */
  public void vanish(String name) {
    files.remove(name);
  }

  /** The power fails. The disk can be used again at once; files must be opened anew. */
  public void crash() {
    for (Runnable change : pendingNameChanges) {
      if (random.nextBoolean()) {
        change.run();
      }
    }
    pendingNameChanges.clear();
    // All is lost, or all is kept, or each write has its own luck.
    int luck = random.nextInt(4);
    for (Write write : unflushed) {
      int keepPercent = luck == 0 ? 0 : luck == 1 ? 100 : random.nextInt(101);
      for (int i = 0; i < write.pages.length; i++) {
        surviveInPart(write, i, keepPercent);
      }
    }
    unflushed.clear();
    for (SimFile file : files.values()) {
      file.crash(random.nextBoolean());
    }
    allocatedBytes = 0;
    for (SimFile file : files.values()) {
      allocatedBytes += file.lengthPages() * PAGE_BYTES;
    }
    faults = Faults.NONE;
  }

  /**
   * The process dies, the machine lives on: what has completed stays visible, unflushed as it is.
   */
  public void kill() {
    for (Runnable change : pendingNameChanges) {
      change.run();
    }
    pendingNameChanges.clear();
    for (Write write : List.copyOf(unflushed)) {
      if (!write.completed) {
        write.endHalfway();
      }
    }
    faults = Faults.NONE;
  }

  @Override
  public int alignmentBytes() {
    return PAGE_BYTES;
  }

  @Override
  public IoCounters counters() {
    return counters;
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    loop.later(
        MAX_IO_NANOS,
        () -> {
          SimFile file = files.get(name);
          if (mode == OpenMode.EXISTING && file == null) {
            opened.opened(null, -Errno.ENOENT);
          } else if (mode == OpenMode.CREATE_NEW && file != null) {
            opened.opened(null, -Errno.EEXIST);
          } else {
            if (file == null) {
              file = new SimFile(name);
              files.put(name, file);
            }
            opened.opened(new OpenSimFile(file), 0);
          }
        });
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    changeName(
        name,
        () -> {
          SimFile file = files.remove(name);
          if (file != null) {
            files.put(target, file);
          }
        },
        completion,
        cookie);
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    changeName(
        name,
        () -> {
          SimFile removed = files.remove(name);
          if (removed != null) {
            allocatedBytes -= removed.lengthPages() * PAGE_BYTES;
          }
        },
        completion,
        cookie);
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    loop.later(MAX_IO_NANOS, () -> completion.completed(cookie, 0));
  }

  private void changeName(String name, Runnable change, IoCompletion completion, long cookie) {
    pendingNameChanges.add(change);
    loop.later(
        MAX_IO_NANOS,
        () -> {
          pendingNameChanges.remove(change);
          boolean present = files.containsKey(name);
          change.run();
          completion.completed(cookie, present ? 0 : -Errno.ENOENT);
        });
  }

  /** Sector by sector, by luck. */
  private void surviveInPart(Write write, int i, int keepPercent) {
    int page = write.firstPage + i;
    SimFile file = write.file;
    if (write.flushed[i]
        || page >= file.lengthPages()
        || (!file.isWritten(page) && random.nextInt(100) >= keepPercent)) {
      return;
    }
    byte[] mixed = file.durablePage(page).clone();
    for (int sector = 0; sector < SECTORS_PER_PAGE; sector++) {
      if (random.nextInt(100) < keepPercent) {
        int at = sector * SECTOR_BYTES;
        System.arraycopy(write.page(i), at, mixed, at, SECTOR_BYTES);
      }
    }
    file.makeDurable(page, mixed);
  }

  /** Flushes what had completed before {@code submitted}: all of {@code synced}, if not null. */
  private void flush(long submitted, SimFile synced) {
    List<Write> left = new ArrayList<>();
    for (Write write : unflushed) {
      if (!write.completed || write.completedAt > submitted) {
        left.add(write);
      } else if (!write.flushTo(synced)) {
        left.add(write);
      }
    }
    unflushed.clear();
    unflushed.addAll(left);
    if (synced != null) {
      synced.makeLengthDurable();
    }
  }

  /** A write on its way to the medium. Its pages are taken from the buffer as late as possible. */
  private final class Write {
    private final SimFile file;
    private final int firstPage;
    private final byte[][] pages;
    private final boolean[] flushed;
    private final ByteBuf[] buffers;
    private final int index;
    private boolean completed;
    private long completedAt;

    Write(SimFile file, long offsetBytes, int length, int index, ByteBuf... buffers) {
      this.file = file;
      this.index = index;
      this.buffers = buffers;
      firstPage = (int) (offsetBytes / PAGE_BYTES);
      pages = new byte[length / PAGE_BYTES][];
      flushed = new boolean[pages.length];
    }

    byte[] page(int i) {
      return pages[i] == null ? fetch(i) : pages[i];
    }

    /** It happens or it does not; the machine lives on, so that what a read sees stays. */
    void endHalfway() {
      if (random.nextBoolean()) {
        file.grow(firstPage + (long) pages.length);
        complete();
      } else {
        unflushed.remove(this);
      }
    }

    void complete() {
      for (int i = 0; i < pages.length; i++) {
        pages[i] = fetch(i);
        file.see(firstPage + i, pages[i]);
      }
      completed = true;
      completedAt = clock++;
    }

    /** Makes durable what a flush covers; whether that is all of it. */
    boolean flushTo(SimFile synced) {
      boolean all = true;
      for (int i = 0; i < pages.length; i++) {
        int page = firstPage + i;
        if (flushed[i]) {
          continue;
        }
        if (file == synced || file.isWritten(page)) {
          flushed[i] = true;
          file.makeDurable(page, pages[i]);
          durableWrites.durable(file.name, page, pages[i]);
        } else {
          all = false;
        }
      }
      return all;
    }

    private byte[] fetch(int i) {
      int at = index + i * PAGE_BYTES;
      for (ByteBuf buffer : buffers) {
        int bytes = buffers.length == 1 ? buffer.capacity() : buffer.readableBytes();
        int start = buffers.length == 1 ? 0 : buffer.readerIndex();
        if (at < bytes) {
          buffer.getBytes(start + at, scratch);
          return Arrays.equals(scratch, SimFile.ZERO_PAGE) ? SimFile.ZERO_PAGE : scratch.clone();
        }
        at -= bytes;
      }
      throw new AssertionError("a write beyond its buffers");
    }
  }

  private final class OpenSimFile implements DiskFile {
    private final SimFile file;

    OpenSimFile(SimFile file) {
      this.file = file;
    }

    @Override
    public void read(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      check(buffer, index, length, offsetBytes);
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countRead(length);
            int fault = faults.fault(Operation.READ, file.name, offsetBytes);
            if (fault != 0) {
              completion.completed(cookie, -fault);
              return;
            }
            int bytes =
                (int) Math.max(0, Math.min(length, file.lengthPages() * PAGE_BYTES - offsetBytes));
            for (int at = 0; at < bytes; at += PAGE_BYTES) {
              buffer.setBytes(
                  index + at, file.visiblePage((int) ((offsetBytes + at) / PAGE_BYTES)));
            }
            completion.completed(cookie, bytes);
          });
    }

    @Override
    public void write(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      check(buffer, index, length, offsetBytes);
      submit(new Write(file, offsetBytes, length, index, buffer), length, completion, cookie);
    }

    @Override
    public void writeVectored(
        ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
      int length = 0;
      ByteBuf[] taken = Arrays.copyOf(buffers, count);
      for (ByteBuf buffer : taken) {
        length += buffer.readableBytes();
      }
      submit(new Write(file, offsetBytes, length, 0, taken), length, completion, cookie);
    }

    @Override
    public void writeDurably(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      check(buffer, index, length, offsetBytes);
      Write write = new Write(file, offsetBytes, length, index, buffer);
      long submitted = clock++;
      unflushed.add(write);
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countDurableWrite(length);
            int fault = faults.fault(Operation.WRITE_DURABLY, file.name, offsetBytes);
            if (fault != 0) {
              write.endHalfway();
              completion.completed(cookie, -fault);
              return;
            }
            file.grow(offsetBytes / PAGE_BYTES + length / PAGE_BYTES);
            write.complete();
            unflushed.remove(write);
            write.flushTo(file);
            flush(submitted, null);
            file.makeLengthDurable();
            completion.completed(cookie, length);
          });
    }

    @Override
    public void dataSync(IoCompletion completion, long cookie) {
      long submitted = clock++;
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countDataSync();
            int fault = faults.fault(Operation.SYNC, file.name, 0);
            if (fault == 0) {
              flush(submitted, file);
            }
            completion.completed(cookie, -fault);
          });
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countSpaceChange();
            long more = offsetBytes + lengthBytes - file.lengthPages() * PAGE_BYTES;
            int fault = faults.fault(Operation.ALLOCATE, file.name, offsetBytes);
            if (fault != 0 || more > usableBytes()) {
              completion.completed(cookie, fault != 0 ? -fault : -Errno.ENOSPC);
              return;
            }
            allocatedBytes += Math.max(0, more);
            file.grow((offsetBytes + lengthBytes) / PAGE_BYTES);
            completion.completed(cookie, 0);
          });
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countSpaceChange();
            file.punch(
                (int) (offsetBytes / PAGE_BYTES), (int) ((offsetBytes + lengthBytes) / PAGE_BYTES));
            completion.completed(cookie, 0);
          });
    }

    @Override
    public long lengthBytes() {
      return file.lengthPages() * PAGE_BYTES;
    }

    @Override
    public void close(IoCompletion completion, long cookie) {
      loop.later(MAX_IO_NANOS, () -> completion.completed(cookie, 0));
    }

    private void submit(Write write, int length, IoCompletion completion, long cookie) {
      unflushed.add(write);
      loop.later(
          MAX_IO_NANOS,
          () -> {
            counters.countWrite(length);
            long end = write.firstPage + (long) write.pages.length;
            int fault =
                faults.fault(Operation.WRITE, file.name, (long) write.firstPage * PAGE_BYTES);
            if (fault != 0) {
              write.endHalfway();
              completion.completed(cookie, -fault);
              return;
            }
            file.grow(end);
            write.complete();
            completion.completed(cookie, length);
          });
    }

    private static void check(ByteBuf buffer, int index, int length, long offsetBytes) {
      if (length < 1 || index < 0 || index + length > buffer.capacity() || offsetBytes < 0) {
        throw new IllegalArgumentException(
            "a range outside of its buffer: " + index + "+" + length + " at " + offsetBytes);
      }
      boolean aligned =
          (buffer.memoryAddress() + index) % PAGE_BYTES == 0
              && length % PAGE_BYTES == 0
              && offsetBytes % PAGE_BYTES == 0;
      if (!aligned) {
        throw new IllegalArgumentException(
            "not aligned: " + index + "+" + length + " at " + offsetBytes);
      }
    }
  }

  /** What may fail. */
  public enum Operation {
    READ,
    WRITE,
    WRITE_DURABLY,
    SYNC,
    ALLOCATE
  }

  /** Decides which operations fail. */
  @FunctionalInterface
  public interface Faults {
    Faults NONE = (operation, name, offsetBytes) -> 0;

    /** An errno, or 0. */
    int fault(Operation operation, String name, long offsetBytes);
  }

  /** Is told pages that become durable. */
  @FunctionalInterface
  public interface DurableWrites {
    void durable(String name, int page, byte[] bytes);
  }
}
