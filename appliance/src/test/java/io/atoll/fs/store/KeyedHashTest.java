package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No client can choose keys that fall into one place of a cache's tables. */
class KeyedHashTest {
  /** So that there are 2 to the power of it names. */
  private static final int PAIRS = 11;

  @Test
  void isSipHashOfOneRoundAWordAndThreeAtTheEnd() {
    // OpenSSL: mac -macopt c-rounds:1 -macopt d-rounds:3 -macopt size:8 SIPHASH, of 0, 1, 2...
    KeyedHash hash = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertEquals(0xcc4fdd1a7d908b66L, hashOf(hash, 16));
    assertEquals(0x9cf2689063dbd80cL, hashOf(hash, 17));
    assertEquals(0xc0dc2f46a6cce040L, hashOf(hash, 20));
    assertEquals(0xf464aeb267349c8cL, hashOf(hash, 24));
    assertEquals(0x2370dd1f8c21d1bcL, hashOf(hash, 31));
  }

  private static long hashOf(KeyedHash hash, int bytes) {
    byte[] name = new byte[bytes - 16];
    for (int i = 0; i < name.length; i++) {
      name[i] = (byte) (16 + i);
    }
    return hash.full(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, name);
  }

  @Test
  void namesOfEqualHashFallIntoDifferentPlaces() {
    TestFs fs = new TestFs(1);
    FileHandle directory = fs.mkdir(fs.root(), "d");
    List<byte[]> names = namesOfEqualHash();
    Set<Integer> hashes = new HashSet<>();
    for (byte[] name : names) {
      fs.lookup(directory, new String(name, StandardCharsets.US_ASCII));
      hashes.add(fs.fs.store().entries.peek(directory.inode(), 0, name).hash);
    }
    assertTrue(hashes.size() > names.size() - 8, hashes.size() + " hashes");
  }

  /** All of one {@link Arrays#hashCode(byte[])}, and of one {@link String#hashCode}. */
  private static List<byte[]> namesOfEqualHash() {
    List<byte[]> names = new ArrayList<>();
    for (int choice = 0; choice < 1 << PAIRS; choice++) {
      StringBuilder name = new StringBuilder();
      for (int pair = 0; pair < PAIRS; pair++) {
        name.append((choice >> pair & 1) == 0 ? "Aa" : "BB");
      }
      names.add(name.toString().getBytes(StandardCharsets.US_ASCII));
    }
    assertEquals(1, names.stream().map(Arrays::hashCode).distinct().count());
    return names;
  }

  @Test
  void eachOpeningHasAKeyOfItsOwn() {
    assertNotEquals(rootsHash(new TestFs(1)), rootsHash(new TestFs(2)));
  }

  private static int rootsHash(TestFs fs) {
    return fs.fs.store().inodes.peek(fs.root().inode(), 0, null).hash;
  }
}
