package io.atoll.io.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads the {@code struct statx} that {@code statx(2)} fills in. */
public final class Statx {

  /** Size of the structure. */
  public static final int BYTES = 256;

  public static final int ALIGNMENT_BYTES = 8;

  /** Asks for {@code stx_size}. */
  public static final int SIZE = 0x200;

  /** Asks for the direct-I/O alignment; Linux 6.1 and later. */
  public static final int DIRECT_IO_ALIGNMENT = 0x2000;

  private static final long MASK_OFFSET = 0;
  private static final long SIZE_OFFSET = 40;
  private static final long DEVICE_MAJOR_OFFSET = 136;
  private static final long DEVICE_MINOR_OFFSET = 140;
  private static final long MEMORY_ALIGNMENT_OFFSET = 152;
  private static final long OFFSET_ALIGNMENT_OFFSET = 156;

  private Statx() {}

  /** Whether the kernel filled in the field that {@code bit} asks for. */
  public static boolean has(MemorySegment statx, int bit) {
    return (statx.get(ValueLayout.JAVA_INT, MASK_OFFSET) & bit) != 0;
  }

  /** The file's length. */
  public static long sizeBytes(MemorySegment statx) {
    return statx.get(ValueLayout.JAVA_LONG, SIZE_OFFSET);
  }

  /** Major number of the device that holds the file. */
  public static int deviceMajor(MemorySegment statx) {
    return statx.get(ValueLayout.JAVA_INT, DEVICE_MAJOR_OFFSET);
  }

  /** Minor number of the device that holds the file. */
  public static int deviceMinor(MemorySegment statx) {
    return statx.get(ValueLayout.JAVA_INT, DEVICE_MINOR_OFFSET);
  }

  /** The device that holds the file as one number: major above, minor in the lower 32 bits. */
  public static long deviceNumber(MemorySegment statx) {
    return ((long) deviceMajor(statx) << Integer.SIZE) | Integer.toUnsignedLong(deviceMinor(statx));
  }

  /** What memory must be aligned to for direct I/O, or 0 if the file can't do it. */
  public static int memoryAlignmentBytes(MemorySegment statx) {
    return statx.get(ValueLayout.JAVA_INT, MEMORY_ALIGNMENT_OFFSET);
  }

  /** What offsets and lengths must be aligned to for direct I/O, or 0 if the file can't do it. */
  public static int offsetAlignmentBytes(MemorySegment statx) {
    return statx.get(ValueLayout.JAVA_INT, OFFSET_ALIGNMENT_OFFSET);
  }
}
