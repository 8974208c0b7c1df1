package io.atoll.io.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SlabMemoryTest {
  private static final long BYTES = 16L << 20;

  /** The line of a mapping in {@code smaps} that says what the kernel was asked for it. */
  private static final String FLAGS = "VmFlags:";

  @Test
  void memoryIsZeroAlignedAndWritable() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = SlabMemory.map(BYTES, arena);
      assertEquals(0, memory.address() % SlabMemory.ALIGNMENT_BYTES);
      assertEquals(BYTES, memory.byteSize());
      assertEquals(-1, memory.mismatch(MemorySegment.ofArray(new byte[(int) BYTES])));
      memory.fill((byte) 7);
    }
  }

  @Test
  void theKernelIsAskedForHugePages() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = SlabMemory.map(BYTES, arena);
      assertTrue(mapping(memory.address()).contains(" hg"), "no mapping that wants huge pages");
    }
  }

  @Test
  void memoryIsResidentWhenItIsProvidedAndKeepsWhatItHolds() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long before = residentKib();
      MemorySegment memory = SlabMemory.map(BYTES, arena);
      memory.set(ValueLayout.JAVA_BYTE, 1, (byte) 7);
      assertTrue(residentKib() - before < BYTES / 1024 / 2, "it was provided before it is touched");
      SlabMemory.provide(memory.asSlice(0, BYTES));
      assumeTrue(isProvidable(), "this kernel provides no memory ahead (Linux 5.14 does)");
      assertTrue(residentKib() - before >= BYTES / 1024 / 2, "it was not provided");
      assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 1));
    }
  }

  @Test
  void theMemoryGoesWithItsArena() throws IOException {
    long address;
    try (Arena arena = Arena.ofShared()) {
      address = SlabMemory.map(BYTES + 1, arena).address();
      assertNotEquals("", mapping(address));
    }
    assertEquals("", mapping(address));
  }

  private static boolean isProvidable() {
    String[] release = System.getProperty("os.version").split("[^0-9]+", -1);
    int major = Integer.parseInt(release[0]);
    return major > 5 || (major == 5 && Integer.parseInt(release[1]) >= 14);
  }

  /** The flags of the mapping that an address lies in; empty if there is none. */
  private static String mapping(long address) throws IOException {
    boolean found = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
        found =
            Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                && Long.compareUnsigned(Long.parseUnsignedLong(range[1], 16), address) > 0;
      } else if (found && line.startsWith(FLAGS)) {
        return line.substring(FLAGS.length());
      }
    }
    return "";
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("the kernel does not say what is resident");
  }
}
