package io.atoll.io.sim;

import java.util.Arrays;
import java.util.BitSet;

/** What a simulated disk knows of one file: what reads see, and what a crash would leave. */
final class SimFile {

  static final int PAGE_BYTES = 4096;
  static final byte[] ZERO_PAGE = new byte[PAGE_BYTES];

  final String name;
  private byte[][] visible = new byte[64][];
  private byte[][] durable = new byte[64][];

  /** Pages whose space is written for good: a flush of the device covers what goes there. */
  private final BitSet written = new BitSet();

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

  void makeDurable(int page, byte[] bytes) {
    durable[page] = bytes;
    written.set(page);
  }

  void makeLengthDurable() {
    durableLengthPages = lengthPages;
  }

  void punch(int fromPage, int toPage) {
    for (int page = fromPage; page < toPage; page++) {
      visible[page] = null;
      durable[page] = null;
      written.clear(page);
    }
  }

  /** Only what is durable is left. */
  void crash(boolean keepLength) {
    if (keepLength) {
      durableLengthPages = lengthPages;
    }
    lengthPages = durableLengthPages;
    for (int page = 0; page < visible.length; page++) {
      if (page >= lengthPages) {
        durable[page] = null;
        written.clear(page);
      }
      visible[page] = durable[page];
    }
  }
}
