package io.atoll.io.sim;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileNames;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OperationShares;
import io.atoll.io.disk.OperationShares.Share;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A disk with a volatile cache, on a file system that converts allocated space when it is first
 * written. A write is visible when it completes and survives a crash for sure only when a flush has
 * covered it: a durable write or a sync that was submitted after it had completed. A flush of
 * another file covers it only in space that was written before; in merely allocated space the
 * file's own sync is needed. What is not covered survives in any subset of 512-byte sectors. A
 * crash before a sync of its file may undo a punch, page by page. Operations complete in random
 * order after random time.
 *
 * <p>It keeps to the contract of {@link Disk}, with one addition: what a completion throws fails
 * the simulation, unless {@link #defects} says otherwise.
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
  private final List<OpenSimFile> openFiles = new ArrayList<>();
  private OperationShares outstanding = new OperationShares();
  private Runnable whenIdle;
  private boolean closing;
  private Consumer<RuntimeException> defects =
      defect -> {
        throw defect;
      };
  private Faults faults = Faults.NONE;
  private boolean redirectsOverwrites;
  private boolean punchesLate;
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

  /** Is told what a completion throws, instead of the simulation's ending by it. */
  public void defects(Consumer<RuntimeException> listener) {
    defects = listener;
  }

  /**
   * From now on a file system that writes over old data elsewhere, as btrfs does: a flush of the
   * device covers no data of another file, wherever it lies.
   */
  public void redirectOverwrites() {
    redirectsOverwrites = true;
  }

  /** From now on a punched range may still read as what was there, until it is written again. */
  public void punchLate() {
    punchesLate = true;
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

  /** Others use up what is left of its capacity. */
  public void fill() {
    allocatedBytes = capacityBytes;
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
    forgetProcess();
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
      file.crash(random.nextBoolean(), random::nextBoolean);
    }
    allocatedBytes = 0;
    for (SimFile file : files.values()) {
      allocatedBytes += file.allocatedPages() * PAGE_BYTES;
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
    forgetProcess();
    for (Write write : List.copyOf(unflushed)) {
      if (!write.completed) {
        write.endHalfway();
      }
    }
    faults = Faults.NONE;
  }

  /** Who asked for anything is gone, and is told nothing. */
  private void forgetProcess() {
    pendingNameChanges.clear();
    openFiles.clear();
    outstanding = new OperationShares();
    whenIdle = null;
    closing = false;
  }

  /** Files that are open. */
  public int openFileCount() {
    return openFiles.size();
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
    checkOpen();
    FileNames.check(name);
    OpenSimFile[] made = new OpenSimFile[1];
    start(
        Share.NAMES,
        () -> {
          SimFile file = files.get(name);
          if (mode == OpenMode.EXISTING && file == null) {
            return -Errno.ENOENT;
          }
          if (mode == OpenMode.CREATE_NEW) {
            if (file != null) {
              return -Errno.EEXIST;
            }
            counters.countNameChange();
            file = new SimFile(name);
            files.put(name, file);
          }
          made[0] = new OpenSimFile(file);
          openFiles.add(made[0]);
          return 0;
        },
        (cookie, result) -> opened.opened(made[0], result),
        0);
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    checkOpen();
    FileNames.check(target);
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
    checkOpen();
    changeName(
        name,
        () -> {
          SimFile removed = files.remove(name);
          if (removed != null) {
            allocatedBytes -= removed.allocatedPages() * PAGE_BYTES;
          }
        },
        completion,
        cookie);
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeFilesThen(completion, cookie);
  }

  /** Once more if an opening that was under way has brought a further file. */
  private void closeFilesThen(IoCompletion completion, long cookie) {
    for (OpenSimFile file : List.copyOf(openFiles)) {
      if (!file.closing) {
        file.close((none, result) -> {}, 0);
      }
    }
    if (outstanding.used() > 0) {
      whenIdle = () -> closeFilesThen(completion, cookie);
    } else {
      loop.execute(() -> completion.completed(cookie, 0));
    }
  }

  private void changeName(String name, Runnable change, IoCompletion completion, long cookie) {
    FileNames.check(name);
    if (start(
        Share.NAMES,
        () -> {
          pendingNameChanges.remove(change);
          if (!files.containsKey(name)) {
            return -Errno.ENOENT;
          }
          counters.countNameChange();
          change.run();
          return 0;
        },
        completion,
        cookie)) {
      pendingNameChanges.add(change);
    }
  }

  private void checkOpen() {
    if (closing) {
      throw new IllegalStateException("the disk is closed");
    }
  }

  /** Begins an operation that {@code act} carries out, later; false if there is no room for it. */
  private boolean start(Share share, IntSupplier act, IoCompletion completion, long cookie) {
    if (!outstanding.take(share)) {
      reject(completion, cookie, -Errno.EAGAIN);
      return false;
    }
    loop.later(
        MAX_IO_NANOS,
        () -> {
          int result = act.getAsInt();
          outstanding.give(share);
          if (result < 0) {
            counters.countFailure();
          }
          report(completion, cookie, result);
          if (whenIdle != null && outstanding.used() == 0) {
            Runnable task = whenIdle;
            whenIdle = null;
            task.run();
          }
        });
    return true;
  }

  private void reject(IoCompletion completion, long cookie, int result) {
    counters.countFailure();
    loop.execute(() -> report(completion, cookie, result));
  }

  private void report(IoCompletion completion, long cookie, int result) {
    try {
      completion.completed(cookie, result);
    } catch (RuntimeException defect) {
      defects.accept(defect);
    }
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
    private final int[] starts;
    private final int[] lengths;
    private boolean completed;
    private long completedAt;

    /** The ranges are those of the call; the bytes in them may be taken until completion. */
    Write(SimFile file, long offsetBytes, int length, int index, ByteBuf buffer) {
      this(
          file, offsetBytes, length, new int[] {index}, new int[] {length}, new ByteBuf[] {buffer});
    }

    Write(
        SimFile file,
        long offsetBytes,
        int length,
        int[] starts,
        int[] lengths,
        ByteBuf[] buffers) {
      this.file = file;
      this.starts = starts;
      this.lengths = lengths;
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
      int endPage = firstPage + pages.length;
      allocatedBytes += (long) file.holesWithin(firstPage, endPage) * PAGE_BYTES;
      file.fill(firstPage, endPage);
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
        if (file == synced || (file.isWritten(page) && !redirectsOverwrites)) {
          flushed[i] = true;
          file.makeDurable(page, pages[i]);
          durableWrites.durable(file.name, page, pages[i]);
        } else {
          all = false;
        }
      }
      return all;
    }

    /** The space below these pages is taken away: what was written there goes nowhere. */
    void forget(int fromPage, int endPage) {
      for (int i = 0; i < pages.length; i++) {
        if (firstPage + i >= fromPage && firstPage + i < endPage) {
          if (!completed) {
            throw new AssertionError("page " + (firstPage + i) + " is punched under a write");
          }
          flushed[i] = true;
        }
      }
    }

    private byte[] fetch(int i) {
      int at = i * PAGE_BYTES;
      for (int part = 0; part < buffers.length; part++) {
        if (at < lengths[part]) {
          buffers[part].getBytes(starts[part] + at, scratch);
          return Arrays.equals(scratch, SimFile.ZERO_PAGE) ? SimFile.ZERO_PAGE : scratch.clone();
        }
        at -= lengths[part];
      }
      throw new AssertionError("a write beyond its buffers");
    }
  }

  private final class OpenSimFile implements DiskFile {
    private final SimFile file;
    private int inFlight;
    private boolean closing;
    private Runnable closeTask;

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
      long bits = check(buffer, index, length, offsetBytes);
      startAligned(
          bits,
          Share.OTHERS,
          () -> {
            int fault = faults.fault(Operation.READ, file.name, offsetBytes);
            if (fault != 0) {
              return -fault;
            }
            int bytes = readPages(buffer, index, length, offsetBytes);
            counters.countRead(bytes);
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
      startAligned(
          bits,
          Share.OTHERS,
          () -> {
            int fault = faults.fault(Operation.READ, file.name, offsetBytes);
            if (fault != 0) {
              return -fault;
            }
            int total = 0;
            for (ByteBuf each : taken) {
              int bytes =
                  readPages(each, each.readerIndex(), each.readableBytes(), offsetBytes + total);
              total += bytes;
              if (bytes < each.readableBytes()) {
                break;
              }
            }
            counters.countRead(total);
            return total;
          },
          completion,
          cookie);
    }

    private int readPages(ByteBuf into, int index, int length, long offsetBytes) {
      int bytes =
          (int) Math.max(0, Math.min(length, file.lengthPages() * PAGE_BYTES - offsetBytes));
      for (int at = 0; at < bytes; at += PAGE_BYTES) {
        into.setBytes(index + at, file.visiblePage((int) ((offsetBytes + at) / PAGE_BYTES)));
      }
      return bytes;
    }

    private void checkCount(int count) {
      if (count < 1 || count > MAX_VECTOR_BUFFERS) {
        throw new IllegalArgumentException(
            count + " buffers in one operation, 1 to " + MAX_VECTOR_BUFFERS + " go");
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
      Write write = new Write(file, offsetBytes, length, index, buffer);
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
      Write write = new Write(file, offsetBytes, total, starts, lengths, taken);
      startWrite(bits, write, total, completion, cookie);
    }

    private void startWrite(
        long bits, Write write, int length, IoCompletion completion, long cookie) {
      long offsetBytes = (long) write.firstPage * PAGE_BYTES;
      boolean started =
          startAligned(
              bits,
              Share.OTHERS,
              () -> {
                int fault = faults.fault(Operation.WRITE, file.name, offsetBytes);
                if (fault != 0) {
                  write.endHalfway();
                  return -fault;
                }
                file.grow(write.firstPage + (long) write.pages.length);
                write.complete();
                counters.countWrite(length);
                return length;
              },
              completion,
              cookie);
      if (started) {
        unflushed.add(write);
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
      long bits = check(buffer, index, length, offsetBytes);
      Write write = new Write(file, offsetBytes, length, index, buffer);
      long submitted = clock++;
      boolean started =
          startAligned(
              bits,
              Share.SYNCS,
              () -> {
                int fault = faults.fault(Operation.WRITE_DURABLY, file.name, offsetBytes);
                if (fault != 0) {
                  write.endHalfway();
                  return -fault;
                }
                file.grow(write.firstPage + (long) write.pages.length);
                write.complete();
                unflushed.remove(write);
                write.flushTo(file);
                flush(submitted, null);
                file.makeLengthDurable();
                counters.countDurableWrite(length);
                return length;
              },
              completion,
              cookie);
      if (started) {
        unflushed.add(write);
      }
    }

    @Override
    public void dataSync(IoCompletion completion, long cookie) {
      long submitted = clock++;
      startAligned(
          0,
          Share.SYNCS,
          () -> {
            int fault = faults.fault(Operation.SYNC, file.name, 0);
            if (fault == 0) {
              flush(submitted, file);
              counters.countDataSync();
            }
            return -fault;
          },
          completion,
          cookie);
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      checkSpace(offsetBytes, lengthBytes);
      startAligned(
          0,
          Share.OTHERS,
          () -> {
            int firstPage = (int) (offsetBytes / PAGE_BYTES);
            int endPage = (int) ((offsetBytes + lengthBytes) / PAGE_BYTES);
            long more =
                (Math.max(0, endPage - file.lengthPages()) + file.holesWithin(firstPage, endPage))
                    * PAGE_BYTES;
            int fault = faults.fault(Operation.ALLOCATE, file.name, offsetBytes);
            if (fault != 0 || more > usableBytes()) {
              return fault != 0 ? -fault : -Errno.ENOSPC;
            }
            allocatedBytes += more;
            file.fill(firstPage, endPage);
            file.grow(endPage);
            counters.countSpaceChange();
            return 0;
          },
          completion,
          cookie);
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      checkSpace(offsetBytes, lengthBytes);
      startAligned(
          0,
          Share.OTHERS,
          () -> {
            int fault = faults.fault(Operation.PUNCH, file.name, offsetBytes);
            if (fault != 0) {
              return -fault;
            }
            punchPages(
                (int) (offsetBytes / PAGE_BYTES), (int) ((offsetBytes + lengthBytes) / PAGE_BYTES));
            counters.countSpaceChange();
            return 0;
          },
          completion,
          cookie);
    }

    private void punchPages(int firstPage, int endPage) {
      for (Write write : unflushed) {
        if (write.file == file) {
          write.forget(firstPage, endPage);
        }
      }
      long allocated = file.allocatedPages();
      file.punch(firstPage, endPage, !punchesLate || random.nextBoolean());
      allocatedBytes -= (allocated - file.allocatedPages()) * PAGE_BYTES;
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
              start(
                  Share.NAMES,
                  () -> {
                    openFiles.remove(this);
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

    private boolean startAligned(
        long bits, Share share, IntSupplier act, IoCompletion completion, long cookie) {
      checkOpen();
      if (bits % PAGE_BYTES != 0) {
        reject(completion, cookie, -Errno.EINVAL);
        return false;
      }
      boolean started =
          start(
              share,
              () -> {
                int result = act.getAsInt();
                inFlight--;
                closeWhenIdle();
                return result;
              },
              completion,
              cookie);
      inFlight += started ? 1 : 0;
      return started;
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

  /** What may fail. */
  public enum Operation {
    READ,
    WRITE,
    WRITE_DURABLY,
    SYNC,
    ALLOCATE,
    PUNCH
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
