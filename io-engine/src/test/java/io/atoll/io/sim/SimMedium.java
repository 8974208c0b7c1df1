package io.atoll.io.sim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a simulated disk has, whoever uses it: the files, the writes that no flush has covered, and
 * what a power cut leaves of these.
 */
final class SimMedium {
  private static final int PAGE_BYTES = SimFile.PAGE_BYTES;

  private static final int LATE_ONE_IN = 2;

  private final SplittableRandom random;
  private final long capacityBytes;
  private final Map<String, SimFile> files = new TreeMap<>();
  private final List<SimWrite> unflushed = new ArrayList<>();

  /** Pages that are not what was written there, as they are, with what they should be. */
  private final IdentityHashMap<byte[], byte[]> spoilt = new IdentityHashMap<>();

  private SimDisk.DurableWrites listener = (name, page, bytes) -> {};
  private boolean redirectsOverwrites;
  private boolean punchesLate;
  private long allocatedBytes;
  private long punches;
  private long clock;

  /** All that share its capacity, itself included. */
  private List<SimMedium> sharing = new ArrayList<>(List.of(this));

  SimMedium(SplittableRandom random, long capacityBytes) {
    this.random = random;
    this.capacityBytes = capacityBytes;
  }

  /** From now on its capacity is the other one's, and what both have allocated is taken of it. */
  void shareWith(SimMedium other) {
    sharing = other.sharing;
    sharing.add(this);
  }

  void durableWrites(SimDisk.DurableWrites newListener) {
    listener = newListener;
  }

  void redirectOverwrites() {
    redirectsOverwrites = true;
  }

  void punchLate() {
    punchesLate = true;
  }

  // --- files ---

  /** Null if there is none. */
  SimFile file(String name) {
    return files.get(name);
  }

  SimFile create(String name) {
    SimFile file = new SimFile(name);
    files.put(name, file);
    return file;
  }

  void rename(String name, String target) {
    SimFile file = files.remove(name);
    if (file != null) {
      files.put(target, file);
    }
  }

  void remove(String name) {
    SimFile removed = files.remove(name);
    if (removed != null) {
      allocatedBytes -= removed.allocatedPages() * PAGE_BYTES;
    }
  }

  /** Makes a page something else, for good. */
  void replace(String name, int page, byte[] bytes) {
    replace(files.get(name), page, bytes);
  }

  private static void replace(SimFile file, int page, byte[] bytes) {
    file.see(page, bytes);
    file.makeDurable(page, bytes);
  }

  // --- space ---

  long usableBytes() {
    long allocated = 0;
    for (SimMedium each : sharing) {
      allocated += each.allocatedBytes;
    }
    return sharing.getFirst().capacityBytes - allocated;
  }

  void fill() {
    allocatedBytes += usableBytes();
  }

  /** False if there is not so much space. */
  boolean allocate(SimFile file, int firstPage, int endPage) {
    long beyond = Math.max(0, endPage - file.lengthPages());
    long bytes = (beyond + file.holesWithin(firstPage, endPage)) * PAGE_BYTES;
    if (bytes > usableBytes()) {
      return false;
    }
    allocatedBytes += bytes;
    file.fill(firstPage, endPage);
    file.grow(endPage);
    return true;
  }

  /** How many there were. */
  long punches() {
    return punches;
  }

  void punch(SimFile file, int firstPage, int endPage) {
    punches++;
    for (SimWrite write : unflushed) {
      if (write.file == file) {
        write.forget(firstPage, endPage);
      }
    }
    long allocated = file.allocatedPages();
    file.punch(firstPage, endPage, !punchesLate || random.nextBoolean());
    allocatedBytes -= (allocated - file.allocatedPages()) * PAGE_BYTES;
  }

  // --- writes and flushes ---

  /** The moment at which a flush is submitted. */
  long now() {
    return clock++;
  }

  /** From now on a power cut may leave some of it. */
  void begin(SimWrite write) {
    unflushed.add(write);
  }

  /**
   * Whether a write of several pages to such a file is under way, and a power cut would tear it.
   */
  boolean isWriting(String prefix) {
    for (SimWrite write : unflushed) {
      if (!write.isCompleted() && write.pages.length > 1 && write.file.name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** It never was. */
  void drop(SimWrite write) {
    unflushed.remove(write);
  }

  void complete(SimWrite write, SimDisk.Transfer transfer) {
    write.fetch();
    spoil(write, transfer);
    write.file.grow(write.endPage());
    allocatedBytes += (long) write.file.holesWithin(write.firstPage, write.endPage()) * PAGE_BYTES;
    write.file.fill(write.firstPage, write.endPage());
    write.complete(clock++);
  }

  /** It happens or it does not; the machine lives on, so that what a read sees stays. */
  void endHalfway(SimWrite write) {
    if (random.nextBoolean()) {
      complete(write, SimDisk.Transfer.SOUND);
    } else {
      drop(write);
    }
  }

  /** A durable write, begun at {@code submitted}, has completed. */
  void completeDurably(SimWrite write, long submitted) {
    unflushed.remove(write);
    // What a process that was killed had written there before is not to come back.
    for (SimWrite older : unflushed) {
      if (older.file == write.file && older.isCompleted()) {
        older.forget(write.firstPage, write.endPage());
      }
    }
    write.flush(write.file, true, listener);
    flush(submitted, null);
    write.file.makeLengthDurable();
  }

  /** Flushes what had completed before {@code submitted}: all of {@code synced}, if not null. */
  void flush(long submitted, SimFile synced) {
    unflushed.removeIf(write ->
        write.isCoveredFrom(submitted) && write.flush(synced, !redirectsOverwrites, listener));
    if (synced != null) {
      synced.makeLengthDurable();
    }
  }

  /**
   * A flush that was submitted then has failed: what it should have covered is gone, and nobody
   * tries to write it again. A read brings what the medium has.
   *
   * @param synced of this file only; null for all
   */
  void forget(long submitted, SimFile synced) {
    unflushed.removeIf(write -> {
      boolean covered = write.isCoveredFrom(submitted) && (synced == null || write.file == synced);
      if (covered) {
        write.revert();
      }
      return covered;
    });
  }

  // --- what goes wrong ---

  /** One page of the write is not what arrives. */
  private void spoil(SimWrite write, SimDisk.Transfer transfer) {
    if (transfer == SimDisk.Transfer.SOUND) {
      return;
    }
    int i = random.nextInt(write.pages.length);
    byte[] meant = write.pages[i];
    byte[] arrived =
        transfer == SimDisk.Transfer.FLIPPED
            ? flipped(meant, random.nextInt(PAGE_BYTES), random.nextInt(8))
            : write.file.visiblePage(write.firstPage + i).clone();
    spoilt.put(arrived, meant);
    write.pages[i] = arrived;
  }

  void flipBit(String name, long offsetBytes, int bit) {
    int page = (int) (offsetBytes / PAGE_BYTES);
    byte[] before = files.get(name).visiblePage(page);
    byte[] after = flipped(before, (int) (offsetBytes % PAGE_BYTES), bit);
    spoilt.put(after, spoilt.getOrDefault(before, before));
    replace(name, page, after);
  }

  static byte[] flipped(byte[] page, int at, int bit) {
    byte[] flipped = page.clone();
    flipped[at] ^= (byte) (1 << bit);
    return flipped;
  }

  /** Whether these are the bytes of a page that was spoilt on its way, or has decayed. */
  boolean isSpoilt(byte[] page) {
    return spoilt.containsKey(page);
  }

  /** Whether any page that a read would see is spoilt. */
  boolean anySpoilt() {
    return !spoilt.isEmpty();
  }

  /** Every page is what it should be again. */
  void heal() {
    for (SimWrite write : unflushed) {
      for (int i = 0; i < write.pages.length; i++) {
        write.pages[i] = spoilt.getOrDefault(write.pages[i], write.pages[i]);
      }
    }
    for (SimFile file : files.values()) {
      for (int page = 0; page < file.lengthPages(); page++) {
        byte[] meant = spoilt.get(file.visiblePage(page));
        if (meant != null) {
          replace(file, page, meant);
        }
      }
    }
    spoilt.clear();
  }

  /**
   * The process died, the machine lives on: what has completed stays as it is.
   *
   * @return writes that have not ended, and will by {@link #endHalfway}
   */
  List<SimWrite> kill() {
    List<SimWrite> late = new ArrayList<>();
    for (SimWrite write : List.copyOf(unflushed)) {
      if (!write.isCompleted() && random.nextInt(LATE_ONE_IN) == 0) {
        write.fetch();
        late.add(write);
      } else if (!write.isCompleted()) {
        endHalfway(write);
      }
    }
    return late;
  }

  /** The power failed. */
  void crash() {
    // All is lost, or all is kept, or each write has its own luck.
    int luck = random.nextInt(4);
    for (SimWrite write : unflushed) {
      int keepPercent = luck == 0 ? 0 : luck == 1 ? 100 : random.nextInt(101);
      write.surviveInPart(keepPercent, random);
    }
    unflushed.clear();
    allocatedBytes = 0;
    for (SimFile file : files.values()) {
      file.crash(random.nextBoolean(), random::nextBoolean);
      allocatedBytes += file.allocatedPages() * PAGE_BYTES;
    }
  }
}
