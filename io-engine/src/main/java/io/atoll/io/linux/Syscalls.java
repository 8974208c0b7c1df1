package io.atoll.io.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Blocking system calls through the C library, for where no ring is: at start, and on workers. Each
 * returns what the call returns, or its errno negated; none throws. Thread-safe.
 */
@SuppressWarnings("restricted")
public final class Syscalls {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPENAT =
      intCall("openat", 3, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = intCall("close", 0, JAVA_INT);
  private static final MethodHandle STATX =
      intCall("statx", 0, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle PREAD = positioned("pread64");
  private static final MethodHandle PWRITE = positioned("pwrite64");
  private static final MethodHandle PREADV2 =
      longCall("preadv64v2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle PWRITEV2 =
      longCall("pwritev64v2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FSYNC = intCall("fsync", 0, JAVA_INT);
  private static final MethodHandle FDATASYNC = intCall("fdatasync", 0, JAVA_INT);
  private static final MethodHandle FLOCK = intCall("flock", 0, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCNTL = intCall("fcntl64", 2, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FALLOCATE =
      intCall("fallocate64", 0, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle RENAMEAT =
      intCall("renameat", 0, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle UNLINKAT = intCall("unlinkat", 0, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MKDIRAT = intCall("mkdirat", 0, JAVA_INT, ADDRESS, JAVA_INT);

  private Syscalls() {}

  /** Opens {@code path} relative to {@code folder}; the descriptor, or a negated errno. */
  public static int openat(int folder, String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) OPENAT.invokeExact(state, folder, arena.allocateFrom(path), flags, mode);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Closes a descriptor. */
  public static int close(int fd) {
    return unary(CLOSE, fd);
  }

  /** Asks for {@code mask} of an open file; {@code statx} is {@link Statx#BYTES} long. */
  public static int statx(int fd, int mask, MemorySegment statx) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              STATX.invokeExact(
                  state, fd, arena.allocateFrom(""), LinuxAbi.AT_EMPTY_PATH, mask, statx);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Reads at an offset; the bytes read, fewer than asked for only where the kernel says so. */
  public static long pread(int fd, long address, long length, long offsetBytes) {
    return transfer(PREAD, fd, address, length, offsetBytes);
  }

  /** Writes at an offset; the bytes written. */
  public static long pwrite(int fd, long address, long length, long offsetBytes) {
    return transfer(PWRITE, fd, address, length, offsetBytes);
  }

  /**
   * Reads into {@code count} vectors at an offset; the bytes read.
   *
   * @param vectors address of an array of {@code struct iovec}
   */
  public static long preadv2(int fd, long vectors, int count, long offsetBytes, int flags) {
    return vectored(PREADV2, fd, vectors, count, offsetBytes, flags);
  }

  /**
   * Writes {@code count} vectors at an offset.
   *
   * @param vectors address of an array of {@code struct iovec}
   * @param flags such as {@link LinuxAbi#RWF_DSYNC}
   */
  public static long pwritev2(int fd, long vectors, int count, long offsetBytes, int flags) {
    return vectored(PWRITEV2, fd, vectors, count, offsetBytes, flags);
  }

  private static long vectored(
      MethodHandle call, int fd, long vectors, int count, long offsetBytes, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = (long) call.invokeExact(state, fd, vectors, count, offsetBytes, flags);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Makes a file or folder durable with all its metadata. */
  public static int fsync(int fd) {
    return unary(FSYNC, fd);
  }

  /** Makes a file's data durable. */
  public static int fdatasync(int fd) {
    return unary(FDATASYNC, fd);
  }

  /** Locks an open file for as long as anybody has it open, a request in the kernel included. */
  public static int flock(int fd, int operation) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) FLOCK.invokeExact(state, fd, operation);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /**
   * A further descriptor of the same opening of a file, which shares its locks. Never blocks.
   *
   * @return the descriptor, or a negated errno
   */
  public static int duplicate(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) FCNTL.invokeExact(state, fd, LinuxAbi.F_DUPFD_CLOEXEC, 0);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Allocates or punches, by {@code mode}. */
  public static int fallocate(int fd, int mode, long offsetBytes, long lengthBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) FALLOCATE.invokeExact(state, fd, mode, offsetBytes, lengthBytes);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Renames within {@code folder}, replacing. */
  public static int renameat(int folder, String name, String target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              RENAMEAT.invokeExact(
                  state, folder, arena.allocateFrom(name), folder, arena.allocateFrom(target));
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Removes a file. */
  public static int unlinkat(int folder, String name) {
    return named(UNLINKAT, folder, name, 0);
  }

  /** Makes a folder. */
  public static int mkdirat(int folder, String name, int mode) {
    return named(MKDIRAT, folder, name, mode);
  }

  private static int unary(MethodHandle call, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) call.invokeExact(state, fd);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static int named(MethodHandle call, int folder, String name, int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) call.invokeExact(state, folder, arena.allocateFrom(name), number);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static long transfer(
      MethodHandle call, int fd, long address, long length, long offsetBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = (long) call.invokeExact(state, fd, address, length, offsetBytes);
      return result < 0 ? errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static int errno(MemorySegment state) {
    return -(int) ERRNO.get(state, 0L);
  }

  private static MethodHandle positioned(String name) {
    return longCall(name, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  private static MethodHandle longCall(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_LONG, arguments),
        Linker.Option.captureCallState("errno"));
  }

  /** {@code firstVariadic} is the index of the first variadic argument, or 0 if there is none. */
  private static MethodHandle intCall(String name, int firstVariadic, MemoryLayout... arguments) {
    Linker.Option state = Linker.Option.captureCallState("errno");
    Linker.Option[] options =
        firstVariadic == 0
            ? new Linker.Option[] {state}
            : new Linker.Option[] {state, Linker.Option.firstVariadicArg(firstVariadic)};
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, arguments),
        options);
  }

  private static AssertionError unexpected(Throwable t) {
    return new AssertionError("a downcall to the C library threw", t);
  }
}
