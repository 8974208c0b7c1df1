package io.atoll.io.sim;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What a simulated disk knows of one file: what reads see, and what a crash would leave. */
final class SimFile {

  static final int PAGE_BYTES = 4096;
  static final byte[] ZERO_PAGE = new byte[PAGE_BYTES];

  final String name;
  private byte[][] visible = new byte[64][];
  private byte[][] durable = new byte[64][];

  /** Pages whose space is written for good: a flush of the device covers what goes there. */
  private final BitSet written = new BitSet();

  /** Pages that the disk has no space for. */
  private final BitSet holes = new BitSet();

  /** What was in pages that were punched, until that is durable; null for nothing. */
  private final Map<Integer, byte[]> punched = new HashMap<>();

  private long lengthPages;
  private long durableLengthPages;

  SimFile(String name) {
    this.name = name;
  }

  long lengthPages() {
    return lengthPages;
  }

  void grow(long pages) {
    lengthPages = Math.max(lengthPages, pages);
    if (pages > visible.length) {
      int capacity = (int) Math.max(pages, visible.length * 2L);
      visible = Arrays.copyOf(visible, capacity);
      durable = Arrays.copyOf(durable, capacity);
    }
  }

  byte[] visiblePage(int page) {
    byte[] bytes = page < lengthPages ? visible[page] : null;
    return bytes == null ? ZERO_PAGE : bytes;
  }

  byte[] durablePage(int page) {
    byte[] bytes = page < durableLengthPages ? durable[page] : null;
    return bytes == null ? ZERO_PAGE : bytes;
  }

  void see(int page, byte[] bytes) {
    visible[page] = bytes;
  }

  boolean isWritten(int page) {
    return written.get(page);
  }

  boolean isWritten(int fromPage, int toPage) {
    return written.nextClearBit(fromPage) >= toPage;
  }

  void makeDurable(int page, byte[] bytes) {
    durable[page] = bytes;
    written.set(page);
  }

  /** What a sync makes durable besides data: length and holes. */
  void makeLengthDurable() {
    durableLengthPages = lengthPages;
    punched.clear();
  }

  /** The pages that it takes of the disk. */
  long allocatedPages() {
    return lengthPages - holes.cardinality();
  }

  /** How many pages of the range are holes. */
  int holesWithin(int fromPage, int toPage) {
    return holes.get(fromPage, toPage).cardinality();
  }

  void fill(int fromPage, int toPage) {
    holes.clear(fromPage, toPage);
  }

  /**
   * @param zeroAtOnce whether a read sees zeros from now on; until the punch is durable, it may as
   *     well see what was there
   */
  void punch(int fromPage, int toPage, boolean zeroAtOnce) {
    int end = (int) Math.min(toPage, lengthPages);
    for (int page = fromPage; page < end; page++) {
      if (written.get(page)) {
        punched.put(page, durable[page]);
      }
      visible[page] = zeroAtOnce ? null : visible[page];
      durable[page] = null;
      written.clear(page);
      holes.set(page);
    }
  }

  /** Only what is durable is left. */
  void crash(boolean keepLength, BooleanSupplier punchIsLost) {
    punched.forEach((page, old) -> {
      if (!written.get(page) && punchIsLost.getAsBoolean()) {
        durable[page] = old;
        written.set(page);
        holes.clear(page);
      }
    });
    punched.clear();
    if (keepLength) {
      durableLengthPages = lengthPages;
    }
    lengthPages = durableLengthPages;
    for (int page = 0; page < visible.length; page++) {
      if (page >= lengthPages) {
        durable[page] = null;
        written.clear(page);
        holes.clear(page);
      }
      visible[page] = durable[page];
    }
  }
}
