package io.atoll.ondisk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.FileClaim;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import java.nio.file.Path;

/** A file that nobody else can claim: a start waits for it, as for the writes of a killed node. */
public final class HeldFile implements AutoCloseable {
  private int descriptor;

  private HeldFile(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Holds the data of the file system in {@code folder}. */
  public static HeldFile dataOf(Path folder) {
    String file = folder.resolve("extents/0000").toString();
    int descriptor = Syscalls.openat(LinuxAbi.AT_FDCWD, file, LinuxAbi.O_RDONLY, 0);
    assertTrue(descriptor >= 0, file + ": " + descriptor);
    assertEquals(0, FileClaim.toWrite(file, descriptor).await(), file);
    return new HeldFile(descriptor);
  }

  @Override
  public void close() {
    release();
  }

  /** Lets go of it; nothing if that was done before. */
  public void release() {
    if (descriptor >= 0) {
      Syscalls.close(descriptor);
      descriptor = -1;
    }
  }
}
