package io.atoll.io.sim;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** A write on its way to the medium. Its pages are taken from the buffers as late as possible. */
final class SimWrite {
  private static final int PAGE_BYTES = SimFile.PAGE_BYTES;
  private static final int SECTORS_PER_PAGE = PAGE_BYTES / SimDisk.SECTOR_BYTES;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_BYTES);

  final SimFile file;
  final int firstPage;
  final byte[][] pages;
  private final boolean[] flushed;
  private final ByteBuf[] buffers;
  private final int[] starts;
  private final int[] lengths;
  private boolean completed;
  private long completedAt;

  /** The range is that of the call; the bytes in it may be taken until completion. */
  SimWrite(SimFile file, long offsetBytes, int length, int index, ByteBuf buffer) {
    this(file, offsetBytes, length, new int[] {index}, new int[] {length}, new ByteBuf[] {buffer});
  }

  SimWrite(
      SimFile file, long offsetBytes, int length, int[] starts, int[] lengths, ByteBuf[] buffers) {
    this.file = file;
    this.starts = starts;
    this.lengths = lengths;
    this.buffers = buffers;
    firstPage = (int) (offsetBytes / PAGE_BYTES);
    pages = new byte[length / PAGE_BYTES][];
    flushed = new boolean[pages.length];
  }

  int endPage() {
    return firstPage + pages.length;
  }

  /** What it puts there. */
  byte[] page(int i) {
    return pages[i] == null ? fetch(i) : pages[i];
  }

  /** Takes all pages from the buffers, unless that was done: they may be gone then. */
  void fetch() {
    for (int i = 0; i < pages.length; i++) {
      pages[i] = page(i);
    }
  }

  /** A read sees it from now on. */
  void complete(long at) {
    for (int i = 0; i < pages.length; i++) {
      file.see(firstPage + i, pages[i]);
    }
    completed = true;
    completedAt = at;
  }

  boolean isCompleted() {
    return completed;
  }

  /** Whether a flush that was submitted then covers it. */
  boolean isCoveredFrom(long submitted) {
    return completed && completedAt <= submitted;
  }

  /**
   * Makes durable what a flush covers; whether that is all of it.
   *
   * @param synced the file that is synced itself, or null
   * @param inPlace whether a flush covers other files' written space, too
   */
  boolean flush(SimFile synced, boolean inPlace, SimDisk.DurableWrites listener) {
    boolean all = true;
    for (int i = 0; i < pages.length; i++) {
      int page = firstPage + i;
      if (flushed[i]) {
        continue;
      }
      if (file == synced || (file.isWritten(page) && inPlace)) {
        flushed[i] = true;
        file.makeDurable(page, pages[i]);
        listener.durable(file.name, page, pages[i]);
      } else {
        all = false;
      }
    }
    return all;
  }

  /** What no flush has covered of it is as if it had never been written. */
  @SuppressWarnings("ReferenceEquality") // what a later write has put there stays
  void revert() {
    for (int i = 0; i < pages.length; i++) {
      int page = firstPage + i;
      if (!flushed[i] && file.visiblePage(page) == pages[i]) {
        file.see(page, file.durablePage(page));
      }
    }
  }

  /** These pages are something else by now, or nothing: what was written there goes nowhere. */
  void forget(int fromPage, int toPage) {
    int end = Math.min(toPage, endPage());
    for (int page = Math.max(fromPage, firstPage); page < end; page++) {
      if (!completed) {
        throw new AssertionError("page " + page + " is punched under a write");
      }
      flushed[page - firstPage] = true;
    }
  }

  /** The power failed before a flush covered it: sector by sector, by luck. */
  void surviveInPart(int keepPercent, SplittableRandom random) {
    for (int i = 0; i < pages.length; i++) {
      int page = firstPage + i;
      if (!flushed[i]
          && page < file.lengthPages()
          && (file.isWritten(page) || random.nextInt(100) < keepPercent)) {
        file.makeDurable(page, mixed(i, keepPercent, random));
      }
    }
  }

  private byte[] mixed(int i, int keepPercent, SplittableRandom random) {
    if (keepPercent == 100) {
      return page(i);
    }
    byte[] mixed = file.durablePage(firstPage + i).clone();
    for (int sector = 0; sector < SECTORS_PER_PAGE; sector++) {
      if (random.nextInt(100) < keepPercent) {
        int at = sector * SimDisk.SECTOR_BYTES;
        System.arraycopy(page(i), at, mixed, at, SimDisk.SECTOR_BYTES);
      }
    }
    return mixed;
  }

  private byte[] fetch(int i) {
    int at = i * PAGE_BYTES;
    for (int part = 0; part < buffers.length; part++) {
      if (at < lengths[part]) {
        return copy(buffers[part], starts[part] + at);
      }
      at -= lengths[part];
    }
    throw new AssertionError("a write beyond its buffers");
  }

  private static byte[] copy(ByteBuf buffer, int index) {
    // Most of what is written is zeros, written ahead: those are one array.
    if (buffer.internalNioBuffer(index, PAGE_BYTES).mismatch(ZEROS) < 0) {
      return SimFile.ZERO_PAGE;
    }
    byte[] bytes = new byte[PAGE_BYTES];
    buffer.getBytes(index, bytes);
    return bytes;
  }
}
