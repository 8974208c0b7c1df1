package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileType;
import io.atoll.io.volume.Volume;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which page of a directory is kept, and for how long. */
class DirectoryPagesTest {
  private static final int ROOM = 1 << 20;

  private final Inode directory = new Inode(7, 1, FileType.DIRECTORY);

  private static DirectoryPage page(Inode directory, long from, boolean last, long... cookies) {
    List<Volume.Entry> entries = new ArrayList<>();
    for (long cookie : cookies) {
      byte[] name = ("name " + cookie).getBytes(StandardCharsets.US_ASCII);
      entries.add(
          new Volume.Entry(
              Keys.cookie(directory.number, cookie),
              EntryCodec.byCookie(100 + cookie, FileType.REGULAR, name)));
    }
    return DirectoryPage.decode(directory, from, last, entries);
  }

  @Test
  void pageIsFoundByEachCookieThatItCovers() {
    DirectoryPages pages = new DirectoryPages(ROOM);
    DirectoryPage first = page(directory, 1, false, 3, 5, 8);
    DirectoryPage second = page(directory, 9, true, 12);
    pages.add(first);
    pages.add(second);
    assertNull(pages.find(directory, 0));
    assertSame(first, pages.find(directory, 1));
    assertSame(first, pages.find(directory, 8));
    assertSame(second, pages.find(directory, 9));
    assertSame(second, pages.find(directory, 1000));
    assertNull(pages.find(new Inode(6, 1, FileType.DIRECTORY), 5));
    assertNull(pages.find(new Inode(8, 1, FileType.DIRECTORY), 5));
    assertEquals(1, first.firstFrom(4));
    assertEquals(1, first.firstFrom(5));
    assertEquals(1, second.firstFrom(13), "behind the last");
  }

  @Test
  void whatLiesBehindAPageThatIsNotTheLastIsNotKnown() {
    DirectoryPages pages = new DirectoryPages(ROOM);
    pages.add(page(directory, 1, false, 3, 5, 8));
    assertNull(pages.find(directory, 9));
  }

  @Test
  void emptyDirectoryHasAPageToo() {
    DirectoryPages pages = new DirectoryPages(ROOM);
    pages.add(page(directory, 1, true));
    assertNotNull(pages.find(directory, 1));
  }

  @Test
  void changedDirectoryHasNoPages() {
    DirectoryPages pages = new DirectoryPages(ROOM);
    pages.add(page(directory, 1, true, 3));
    directory.modified(1);
    assertNull(pages.find(directory, 1));
    assertEquals(0, pages.heapBytes(), "what can't be good again stays");
  }

  @Test
  void pagesThatNobodyAskedForLeaveFirst() {
    DirectoryPage first = page(directory, 1, false, 3, 5, 8);
    DirectoryPages pages = new DirectoryPages(2 * first.heapBytes() + first.heapBytes() / 2);
    pages.add(first);
    pages.add(page(directory, 9, false, 10, 11, 12));
    assertSame(first, pages.find(directory, 1));
    pages.add(page(directory, 13, false, 14, 15, 16));
    assertSame(first, pages.find(directory, 1));
    assertNull(pages.find(directory, 9));
    assertNotNull(pages.find(directory, 13));
    assertTrue(pages.heapBytes() <= 2 * first.heapBytes() + first.heapBytes() / 2);
  }

  @Test
  void whoIsGivenLessRoomForgetsWhatHasNone() {
    DirectoryPages pages = new DirectoryPages(ROOM);
    DirectoryPage first = page(directory, 1, false, 3, 5, 8);
    pages.add(first);
    pages.add(page(directory, 9, true, 10, 11, 12));
    pages.limit(first.heapBytes() + first.heapBytes() / 2);
    assertNull(pages.find(directory, 1));
    assertNotNull(pages.find(directory, 9));
    pages.limit(0);
    assertEquals(0, pages.heapBytes());
  }

  @Test
  void pageThatIsLargerThanTheBoundIsNotKept() {
    DirectoryPages pages = new DirectoryPages(100);
    pages.add(page(directory, 1, true, 3, 5, 8));
    assertNull(pages.find(directory, 1));
    assertEquals(0, pages.heapBytes());
  }
}
