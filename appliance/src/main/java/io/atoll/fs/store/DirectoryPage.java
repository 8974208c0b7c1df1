package io.atoll.fs.store;

import io.atoll.io.volume.Volume;
import java.util.List;

/** Neighbours among the entries of a directory, in the order of their cookies, at one moment. */
final class DirectoryPage {
  /** What an entry takes of the heap beside its name: its place in three arrays, and a header. */
  private static final int ENTRY_BYTES = 48;

  private static final int PAGE_BYTES = 256;

  private final long directory;
  private final long change;
  private final long from;
  private final boolean last;
  private final long[] cookies;
  private final long[] inodes;
  private final byte[][] names;

  private DirectoryPage(Inode directory, long from, boolean last, int entries) {
    this.directory = directory.number;
    this.change = directory.change;
    this.from = from;
    this.last = last;
    cookies = new long[entries];
    inodes = new long[entries];
    names = new byte[entries][];
  }

  /**
   * Decodes what a scan found, in the step in which it did.
   *
   * @param from the first cookie that was looked for
   * @param last whether there are no entries behind these
   */
  static DirectoryPage decode(
      Inode directory, long from, boolean last, List<Volume.Entry> entries) {
    DirectoryPage page = new DirectoryPage(directory, from, last, entries.size());
    for (int i = 0; i < entries.size(); i++) {
      byte[] value = entries.get(i).value();
      EntryCodec.checkByCookie(value);
      page.cookies[i] = Keys.cookieOf(entries.get(i).key());
      page.inodes[i] = EntryCodec.inodeOf(value);
      page.names[i] = EntryCodec.nameOf(value);
    }
    return page;
  }

  long directory() {
    return directory;
  }

  /** The directory's change attribute: the page is good as long as it has that. */
  long change() {
    return change;
  }

  /** No entry with a cookie from here on up to the page's last is missing. */
  long from() {
    return from;
  }

  boolean isLast() {
    return last;
  }

  int entries() {
    return cookies.length;
  }

  long cookie(int entry) {
    return cookies[entry];
  }

  long inode(int entry) {
    return inodes[entry];
  }

  /** Not to be changed. */
  byte[] name(int entry) {
    return names[entry];
  }

  /** Whether the entry that follows {@code cookie - 1} is in it, or would be. */
  boolean covers(long cookie) {
    return cookie >= from && (last || cookie <= cookies[cookies.length - 1]);
  }

  /**
   * The first entry whose cookie is not below {@code cookie}; {@link #entries()} if there is none.
   */
  int firstFrom(long cookie) {
    int low = 0;
    int high = cookies.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cookies[middle] < cookie) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** About what it takes of the heap. */
  int heapBytes() {
    int bytes = PAGE_BYTES;
    for (byte[] name : names) {
      bytes += ENTRY_BYTES + name.length;
    }
    return bytes;
  }
}
