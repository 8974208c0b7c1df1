package io.atoll.io.index;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.RocksDB;

/**
 * RocksDB's own repair: makes a new list of tables from those that are there and whole. The Java
 * interface lacks it, so it is called in the native library that the Java interface brings along.
 */
public final class RocksDbRepair {

  private static final long MAX_MESSAGE_BYTES = 4096;

  private RocksDbRepair() {}

  /**
   * Repairs the index in {@code folder}, a copy: files are rewritten, and those that can't be used
   * moved to its folder {@code lost}. Blocks.
   *
   * @throws IndexException if nothing can be made of it
   */
  @SuppressWarnings("restricted") // that is what native access is enabled for
  public static void repair(Path folder) {
    RocksDbLibrary.load();
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup library = SymbolLookup.libraryLookup(library(folder), arena);
      MethodHandle create =
          linker.downcallHandle(
              library.findOrThrow("rocksdb_options_create"),
              FunctionDescriptor.of(ValueLayout.ADDRESS));
      MethodHandle destroy =
          linker.downcallHandle(
              library.findOrThrow("rocksdb_options_destroy"),
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
      MethodHandle repair =
          linker.downcallHandle(
              library.findOrThrow("rocksdb_repair_db"),
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      MemorySegment options = (MemorySegment) create.invokeExact();
      MemorySegment error = arena.allocate(ValueLayout.ADDRESS);
      repair.invokeExact(options, arena.allocateFrom(folder.toString()), error);
      destroy.invokeExact(options);
      MemorySegment message = error.get(ValueLayout.ADDRESS, 0);
      if (!message.equals(MemorySegment.NULL)) {
        throw new IndexException(
            "cannot repair the index: " + message.reinterpret(MAX_MESSAGE_BYTES).getString(0),
            null);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("calling RocksDB's repair", e);
    }
  }

  /** The library, unpacked beside the index: the loaded one's place is not told. */
  private static Path library(Path folder) throws IOException {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String name = "librocksdbjni-linux" + (arm ? "-aarch64" : "64") + ".so";
    Path unpacked = folder.resolveSibling(name);
    if (!Files.exists(unpacked)) {
      try (InputStream in = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
        if (in == null) {
          throw new IOException("RocksDB's library " + name + " is not on the class path");
        }
        Files.copy(in, unpacked);
      }
    }
    return unpacked;
  }
}
