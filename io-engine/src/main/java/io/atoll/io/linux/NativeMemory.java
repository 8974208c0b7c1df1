package io.atoll.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory of the C library, for what is to be gone when it is freed: the JVM's direct memory waits
 * for a garbage collection, or, freed by an arena that threads share, for all threads. It does not
 * count against {@code -XX:MaxDirectMemorySize}; who takes it bounds it. Thread-safe.
 */
@SuppressWarnings("restricted")
public final class NativeMemory {

  private static final MethodHandle ALIGNED_ALLOC =
      handle("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FREE = handle("free", FunctionDescriptor.ofVoid(JAVA_LONG));

  private NativeMemory() {}

  /**
   * Zeroed memory.
   *
   * @param bytes a multiple of {@code alignmentBytes}
   * @param alignmentBytes a power of two
   * @throws OutOfMemoryError if there is none
   */
  public static MemorySegment allocate(long bytes, long alignmentBytes) {
    long address;
    try {
      address = (long) ALIGNED_ALLOC.invokeExact(alignmentBytes, bytes);
    } catch (Throwable t) {
      throw new AssertionError("a downcall to the C library threw", t);
    }
    if (address == 0) {
      throw new OutOfMemoryError("the C library has no " + bytes + " bytes");
    }
    return MemorySegment.ofAddress(address).reinterpret(bytes).fill((byte) 0);
  }

  /**
   * Frees what was allocated at {@code address}; nobody may use it any more, the kernel neither.
   */
  public static void free(long address) {
    try {
      FREE.invokeExact(address);
    } catch (Throwable t) {
      throw new AssertionError("a downcall to the C library threw", t);
    }
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
