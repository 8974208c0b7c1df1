package io.atoll.io.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void whatDisksFailWithIsTold() {
    assertEquals(
        "errno 30 (EROFS: the disk's file system is read-only)", Errno.describe(Errno.EROFS));
  }

  @Test
  void whatNobodyFailsWithHasItsNumber() {
    assertEquals("errno 3", Errno.describe(3));
  }
}
