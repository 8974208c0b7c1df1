package io.atoll.io.sim;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileNames;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OperationShares;
import io.atoll.io.disk.OperationShares.Share;
import java.util.ArrayList;
import java.util.List;
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
 * order after random time. What a process had under way when it was killed may happen later, and
 * the opening of a file waits for it.
 *
 * <p>It keeps to the contract of {@link Disk}, with one addition: what a completion throws fails
 * the simulation, unless {@link #defects} says otherwise.
 */
public final class SimDisk implements Disk {

  public static final int SECTOR_BYTES = 512;
  private static final int PAGE_BYTES = SimFile.PAGE_BYTES;
  private static final long MAX_IO_NANOS = 100_000;

  /** Up to 2 to the power of this times as long as others a dead process's writes take. */
  private static final int MAX_LATE_SHIFT = 10;

  private final SimLoop loop;
  private final SplittableRandom random;
  private final SimMedium medium;
  private final List<Runnable> pendingNameChanges = new ArrayList<>();
  private final IoCounters counters = new IoCounters();
  private final List<SimDiskFile> openFiles = new ArrayList<>();

  /** Of processes that were killed: they may still happen. */
  private List<SimWrite> lateWrites = List.of();

  private boolean lateWritesMove;
  private boolean opensAtOnce;
  private OperationShares outstanding = new OperationShares();
  private Runnable whenIdle;
  private boolean closing;
  private Consumer<RuntimeException> defects =
      defect -> {
        throw defect;
      };
  private Faults faults = Faults.NONE;

  public SimDisk(SimLoop loop, SplittableRandom random, long capacityBytes) {
    this.loop = loop;
    this.random = random;
    medium = new SimMedium(random.split(), capacityBytes);
  }

  // --- what tests do to it, and look at ---

  /** Decides which operations fail, take long or are spoilt from now on. */
  public void faults(Faults newFaults) {
    faults = newFaults;
  }

  /** Is told each page that becomes durable. */
  public void durableWrites(DurableWrites listener) {
    medium.durableWrites(listener);
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
    medium.redirectOverwrites();
  }

  /**
   * From now on it breaks a promise: who opens a file does not wait for a dead process's writes.
   */
  public void openAtOnce() {
    opensAtOnce = true;
  }

  /** From now on a punched range may still read as what was there, until it is written again. */
  public void punchLate() {
    medium.punchLate();
  }

  /** From now on it lies on the same disk as the other one, with whose capacity both do. */
  public void shareWith(SimDisk other) {
    medium.shareWith(other.medium);
  }

  /** What is left of its capacity. */
  public long usableBytes() {
    return medium.usableBytes();
  }

  /**
   * Whether a write of several pages to such a file is under way, and a power cut would tear it.
   */
  public boolean isWriting(String prefix) {
    return medium.isWriting(prefix);
  }

  /** How often space was given back to it. */
  public long punches() {
    return medium.punches();
  }

  public boolean exists(String name) {
    return medium.file(name) != null;
  }

  public long lengthBytes(String name) {
    return medium.file(name).lengthPages() * PAGE_BYTES;
  }

  /** What a crash now would surely leave of a page; not to be changed. */
  public byte[] durablePage(String name, long page) {
    return medium.file(name).durablePage((int) page);
  }

  /** Whether a flush of another file covers what goes to any of these pages. */
  public boolean isWritten(String name, long fromPage, long toPage) {
    return medium.file(name).isWritten((int) fromPage, (int) toPage);
  }

  /** What a read of a page would see; not to be changed. */
  public byte[] visiblePage(String name, long page) {
    return medium.file(name).visiblePage((int) page);
  }

  /** The medium decays: flips one bit for good, or until {@link #heal}. */
  public void flipBit(String name, long offsetBytes, int bit) {
    medium.flipBit(name, offsetBytes, bit);
  }

  /** Whether these are the bytes of a page that was spoilt on its way here, or has decayed. */
  public boolean isSpoilt(byte[] page) {
    return medium.isSpoilt(page);
  }

  /** Whether a page of the disk was spoilt or decayed since {@link #heal}. */
  public boolean anySpoilt() {
    return medium.anySpoilt();
  }

  /**
   * Makes every page that was spoilt or has decayed, and was not written since, what it should be.
   */
  public void heal() {
    medium.heal();
  }

  /** Puts a page in place of another, for good. */
  public void replace(String name, long page, byte[] bytes) {
    medium.replace(name, (int) page, bytes);
  }

  /** Others use up what is left of its capacity. */
  public void fill() {
    medium.fill();
  }

  /** Removes a file behind everybody's back. */
  public void vanish(String name) {
    medium.remove(name);
  }

  /** The power fails. The disk can be used again at once; files must be opened anew. */
  public void crash() {
    for (Runnable change : pendingNameChanges) {
      if (random.nextBoolean()) {
        change.run();
      }
    }
    forgetProcess();
    lateWrites = List.of();
    medium.crash();
  }

  /**
   * The process dies, the machine lives on: what has completed stays visible, unflushed as it is;
   * what has not may happen later.
   */
  public void kill() {
    for (Runnable change : pendingNameChanges) {
      change.run();
    }
    forgetProcess();
    lateWrites = new ArrayList<>(medium.kill());
  }

  /** The process that has closed the disk uses it again. */
  public void reopen() {
    if (!closing || outstanding.used() > 0) {
      throw new IllegalStateException("the disk is not closed");
    }
    closing = false;
  }

  /** Who asked for anything is gone, and is told nothing. */
  private void forgetProcess() {
    pendingNameChanges.clear();
    openFiles.clear();
    outstanding = new OperationShares();
    whenIdle = null;
    closing = false;
    faults = Faults.NONE;
    lateWritesMove = false;
  }

  /** The kernel goes on with what dead processes had asked for. */
  private void moveLateWrites() {
    if (!lateWritesMove) {
      lateWritesMove = true;
      for (SimWrite write : lateWrites) {
        loop.later(
            MAX_IO_NANOS << random.nextInt(MAX_LATE_SHIFT),
            () -> {
              lateWrites.remove(write);
              medium.endHalfway(write);
            });
      }
    }
  }

  private boolean waitsForLateWrites(Operation kind, String name) {
    SimFile file = medium.file(name);
    return kind == Operation.OPEN
        && !opensAtOnce
        && lateWrites.stream().anyMatch(write -> write.file == file);
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
    moveLateWrites();
    SimDiskFile[] made = new SimDiskFile[1];
    Operation kind = mode == OpenMode.CREATE_NEW ? Operation.CREATE : Operation.OPEN;
    start(
        Share.NAMES,
        kind,
        name,
        () -> {
          int fault = faults.fault(kind, name, 0);
          if (fault != 0) {
            return -fault;
          }
          SimFile file = medium.file(name);
          if (mode == OpenMode.EXISTING && file == null) {
            return -Errno.ENOENT;
          }
          if (mode == OpenMode.CREATE_NEW) {
            if (file != null) {
              return -Errno.EEXIST;
            }
            counters.countNameChange();
            file = medium.create(name);
          }
          made[0] = new SimDiskFile(this, file);
          openFiles.add(made[0]);
          return 0;
        },
        (cookie, result) -> opened.opened(made[0], result),
        0);
  }

  /** There is but one loop. */
  @Override
  public DiskFile share(DiskFile file) {
    return file;
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    checkOpen();
    FileNames.check(target);
    changeName(Operation.RENAME, name, () -> medium.rename(name, target), completion, cookie);
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    checkOpen();
    changeName(Operation.REMOVE, name, () -> medium.remove(name), completion, cookie);
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeFilesThen(completion, cookie);
  }

  /** Once more if an opening that was under way has brought a further file. */
  private void closeFilesThen(IoCompletion completion, long cookie) {
    for (SimDiskFile file : List.copyOf(openFiles)) {
      if (!file.isClosing()) {
        file.close((none, result) -> {}, 0);
      }
    }
    if (outstanding.used() > 0) {
      whenIdle = () -> closeFilesThen(completion, cookie);
    } else {
      loop.execute(() -> completion.completed(cookie, 0));
    }
  }

  private void changeName(
      Operation kind, String name, Runnable change, IoCompletion completion, long cookie) {
    FileNames.check(name);
    if (start(
        Share.NAMES,
        kind,
        name,
        () -> {
          pendingNameChanges.remove(change);
          if (medium.file(name) == null) {
            return -Errno.ENOENT;
          }
          int fault = faults.fault(kind, name, 0);
          if (fault != 0) {
            return -fault;
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
  boolean start(
      Share share,
      Operation kind,
      String name,
      IntSupplier act,
      IoCompletion completion,
      long cookie) {
    if (!outstanding.take(share)) {
      reject(completion, cookie, -Errno.EAGAIN);
      return false;
    }
    loop.later(
        MAX_IO_NANOS * faults.slowness(kind, name),
        () -> carryOut(share, kind, name, act, completion, cookie));
    return true;
  }

  private void carryOut(
      Share share,
      Operation kind,
      String name,
      IntSupplier act,
      IoCompletion completion,
      long cookie) {
    if (waitsForLateWrites(kind, name)) {
      loop.later(MAX_IO_NANOS, () -> carryOut(share, kind, name, act, completion, cookie));
      return;
    }
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
  }

  void reject(IoCompletion completion, long cookie, int result) {
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

  // --- for its files ---

  SimMedium medium() {
    return medium;
  }

  /** An errno, or 0. */
  int fault(Operation kind, String name, long offsetBytes) {
    return faults.fault(kind, name, offsetBytes);
  }

  Transfer transfer(Operation kind, String name) {
    return faults.transfer(kind, name);
  }

  boolean forgets() {
    return faults.forgets();
  }

  /** Where in a page, and which bit of the byte, something goes wrong. */
  int luck(int bound) {
    return random.nextInt(bound);
  }

  void closed(SimDiskFile file) {
    openFiles.remove(file);
  }

  /** What may fail. */
  public enum Operation {
    READ,
    WRITE,
    WRITE_DURABLY,
    SYNC,
    ALLOCATE,
    PUNCH,
    OPEN,
    CREATE,
    RENAME,
    REMOVE;

    /** Whether it is to make something durable. */
    public boolean syncs() {
      return this == SYNC || this == WRITE_DURABLY;
    }

    /** Whether a full disk may refuse it. */
    public boolean mayNeedSpace() {
      return switch (this) {
        case READ, OPEN, REMOVE, PUNCH -> false;
        case WRITE, WRITE_DURABLY, SYNC, ALLOCATE, CREATE, RENAME -> true;
      };
    }
  }

  /** What becomes of data between memory and medium. */
  public enum Transfer {
    SOUND,
    /** A bit of it turns. */
    FLIPPED,
    /** A page of a write never arrives, though the disk says so. */
    LOST
  }

  /** Decides which operations fail, take long or are spoilt. */
  @FunctionalInterface
  public interface Faults {
    Faults NONE = (operation, name, offsetBytes) -> 0;

    /** An errno, or 0. */
    int fault(Operation operation, String name, long offsetBytes);

    /** So many times as long as usual it takes. */
    default int slowness(Operation operation, String name) {
      return 1;
    }

    /** Asked when a sync has failed: whether what it should have made durable is forgotten. */
    default boolean forgets() {
      return false;
    }

    /** What becomes of the data of a read or a write. */
    default Transfer transfer(Operation operation, String name) {
      return Transfer.SOUND;
    }
  }

  /** Is told pages that become durable. */
  @FunctionalInterface
  public interface DurableWrites {
    void durable(String name, int page, byte[] bytes);
  }
}
