package io.atoll.ondisk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A loop device in use, whose length is changed by what no program of util-linux asks for. */
@SuppressWarnings("restricted")
final class LoopDevice {
  // linux/loop.h: requests of ioctl, and struct loop_info64.
  private static final long LOOP_SET_STATUS64 = 0x4C04;
  private static final long LOOP_GET_STATUS64 = 0x4C05;
  private static final int INFO_BYTES = 232;
  private static final int SIZE_LIMIT_AT = 32;

  private static final MethodHandle IOCTL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
              Linker.Option.firstVariadicArg(2));

  private LoopDevice() {}

  /**
   * Makes it end after so many bytes, whoever uses it.
   *
   * @param device its path
   * @param bytes 0 for as long as its file is
   */
  static void limit(String device, long bytes) throws IOException {
    int descriptor = Syscalls.openat(LinuxAbi.AT_FDCWD, device, LinuxAbi.O_RDONLY, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
      ask(descriptor, LOOP_GET_STATUS64, info, device);
      info.set(JAVA_LONG, SIZE_LIMIT_AT, bytes);
      ask(descriptor, LOOP_SET_STATUS64, info, device);
    } finally {
      Syscalls.close(descriptor);
    }
  }

  private static void ask(int descriptor, long request, MemorySegment info, String device)
      throws IOException {
    int result;
    try {
      result = (int) IOCTL.invokeExact(descriptor, request, info);
    } catch (Throwable e) {
      throw new AssertionError("a downcall to the C library threw", e);
    }
    if (result < 0) {
      throw new IOException(device + ": its status can't be asked or set");
    }
  }
}
