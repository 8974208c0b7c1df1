package io.atoll.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory in pieces of MiB for disk and network, in huge pages where the kernel has them ({@code
 * transparent_hugepage} at {@code madvise} or {@code always}). A transfer of a MiB is 256 pages of
 * 4 KiB: each is looked up and held by the kernel, and together they are more pieces than most
 * disks take in one request. In huge pages it is one piece. Thread-safe.
 */
@SuppressWarnings("restricted")
public final class SlabMemory {

  /** Of a huge page, and what memory is aligned to. */
  public static final int ALIGNMENT_BYTES = 2 << 20;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final long MAP_FAILED = -1;

  private static final MethodHandle MMAP =
      handle(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MADVISE =
      handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private SlabMemory() {}

  /**
   * Zeroed memory, which the system provides when it is touched, until {@code arena} is closed.
   *
   * @param bytes any number
   * @throws OutOfMemoryError if there is no room in the address space, or the system's limits
   *     forbid it
   */
  public static MemorySegment map(long bytes, Arena arena) {
    long mapped = roundUp(bytes) + ALIGNMENT_BYTES;
    long from = mmap(mapped);
    if (from == MAP_FAILED) {
      throw new OutOfMemoryError("the system has no " + bytes + " bytes of memory");
    }
    long start = roundUp(from);
    long end = start + roundUp(bytes);
    unmap(from, start - from);
    unmap(end, from + mapped - end);
    advise(start, end - start, MADV_HUGEPAGE); // where there are none, small ones do
    return MemorySegment.ofAddress(start)
        .reinterpret(bytes, arena, gone -> unmap(start, end - start));
  }

  /**
   * Has the system provide a part of such memory now rather than when it is touched, which then
   * takes no time; what it holds stays. A hint: before Linux 5.14 nothing comes of it. Takes as
   * long as clearing the memory does.
   *
   * @param part begins and ends at pages of 4 KiB
   */
  public static void provide(MemorySegment part) {
    advise(part.address(), part.byteSize(), MADV_POPULATE_WRITE);
  }

  private static long roundUp(long bytes) {
    return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }

  private static long mmap(long bytes) {
    try {
      return (long) MMAP.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static void unmap(long address, long bytes) {
    if (bytes == 0) {
      return;
    }
    int result;
    try {
      result = (int) MUNMAP.invokeExact(address, bytes);
    } catch (Throwable t) {
      throw unexpected(t);
    }
    if (result != 0) {
      throw new IllegalStateException("munmap of " + bytes + " bytes failed");
    }
  }

  private static int advise(long address, long bytes, int advice) {
    try {
      return (int) MADVISE.invokeExact(address, bytes, advice);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static AssertionError unexpected(Throwable t) {
    return new AssertionError("a downcall to the C library threw", t);
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
