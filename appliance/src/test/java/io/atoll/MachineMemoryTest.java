package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
  private static final long MACHINE = 1L << 34;

  /** What version 1 says where there is no limit. */
  private static final String UNLIMITED = "9223372036854771712";

  @TempDir private Path root;

  @Test
  void withoutControlGroupsItIsTheMachines() throws IOException {
    assertEquals(MACHINE, memory());
    write("proc/self/cgroup", "0::/", "nonsense", "");
    assertEquals(MACHINE, memory());
  }

  @Test
  void theLeastOfAGroupAndThoseAroundItHolds() throws IOException {
    write("proc/self/cgroup", "0::/system.slice/atoll.service");
    write("sys/fs/cgroup/system.slice/atoll.service/memory.max", "max");
    assertEquals(MACHINE, memory());
    write("sys/fs/cgroup/system.slice/memory.max", "3000000000");
    assertEquals(3_000_000_000L, memory());
    write("sys/fs/cgroup/system.slice/atoll.service/memory.max", "1000000000");
    assertEquals(1_000_000_000, memory());
    write("sys/fs/cgroup/other.slice/memory.max", "4096");
    assertEquals(1_000_000_000, memory());
  }

  @Test
  void ofVersionOneTheMemoryControllersGroupHolds() throws IOException {
    write("proc/self/cgroup", "9:cpuset:/x", "4:cpu,memory:/docker/1234", "0::/");
    write("sys/fs/cgroup/memory/docker/1234/memory.limit_in_bytes", UNLIMITED);
    assertEquals(MACHINE, memory());
    write("sys/fs/cgroup/memory/docker/1234/memory.limit_in_bytes", "2000000000");
    assertEquals(2_000_000_000, memory());
    write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096");
    assertEquals(2_000_000_000, memory());
  }

  /** In a container the path may be one of the host that is not there. */
  @Test
  void whereThePathIsNotThereTheMountedGroupHolds() throws IOException {
    write("proc/self/cgroup", "4:memory:/docker/1234", "0::/../../elsewhere");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000");
    assertEquals(2_000_000_000, memory());
    write("sys/fs/cgroup/memory.max", "1000000000");
    assertEquals(1_000_000_000, memory());
  }

  @Test
  void thisMachineHasSome() {
    assertTrue(MachineMemory.bytes() > 64 << 20, MachineMemory.bytes() + " bytes");
  }

  private long memory() {
    return new MachineMemory(MACHINE, root).leastBytes();
  }

  private void write(String file, String... lines) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, String.join("\n", lines) + "\n");
  }
}
