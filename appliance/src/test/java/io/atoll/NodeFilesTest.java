package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.resource.AccessKey;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.FileSystems;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.testing.OpenDescriptors;
import io.atoll.ondisk.Tree;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node keeps beside the stores of its file systems: each file spoilt in each way. Either the
 * start is refused, by the file's name, or the node serves and all that was recorded is there.
 */
@EitherIo
class NodeFilesTest {
  private static final int LEASE_SECONDS = 5;
  private static final long CACHE_BYTES = 16L << 20;

  @TempDir private static Path shared;
  private static Path stopped;
  private static Path crashed;
  private static Path other;
  private static Recorded recorded;

  /** What a node says that it has. */
  private record Recorded(List<FileSystemResource> fileSystems, Map<String, String> secrets) {

    static Recorded of(ControlPlane plane) {
      return LoopCalls.await(
          plane.call(() -> {
            Map<String, String> secrets = new TreeMap<>();
            for (AccessKey key : plane.accessKeys().all()) {
              secrets.put(key.id(), plane.accessKeys().secret(key.id()));
            }
            return new Recorded(List.copyOf(plane.fileSystems().all().values()), secrets);
          }));
    }
  }

  @BeforeAll
  static void makeNodes() throws Exception {
    stopped = shared.resolve("stopped");
    crashed = shared.resolve("crashed");
    other = shared.resolve("other");
    recorded = make(stopped, crashed);
    make(other, null);
  }

  private static Recorded make(Path data, Path image) throws Exception {
    Appliance.start(settings(data)).stop();
    Appliance node = Appliance.start(settings(data));
    ControlPlane plane = node.control();
    String id =
        LoopCalls.await(
                plane.call(() ->
                    plane
                        .fileSystems()
                        .create(
                            new FileSystems.Creation(
                                "token", null, null, null, null, null, new TreeMap<>()))))
            .id();
    LoopCalls.await(LoopCalls.await(plane.call(() -> plane.fileSystems().settled(id))));
    LoopCalls.await(plane.call(() -> plane.accessKeys().create()));
    Recorded all = Recorded.of(plane);
    if (image != null) {
      copy(data, image);
    }
    node.stop();
    return all;
  }

  private static void copy(Path data, Path target) throws Exception {
    Tree.copy(data, target);
    Files.setPosixFilePermissions(
        target.resolve(DataDirectory.CONTROL_KEY_FILE),
        PosixFilePermissions.fromString("rw-------"));
  }

  private static ApplianceSettings settings(Path data) {
    return new ApplianceSettings(
        data,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null,
        IoUnderTest.mode(),
        LEASE_SECONDS,
        CACHE_BYTES,
        0,
        ThroughputChoice.DEFAULT,
        ClientRules.DEFAULT);
  }

  /** One way to spoil a file. */
  private interface Harm {
    void doTo(Path file) throws Exception;
  }

  private static Map<String, Harm> harms(Path data, Path file) throws Exception {
    Map<String, Harm> harms = new TreeMap<>();
    long length = Files.size(file);
    for (long offset : new long[] {0, length / 2, length - 1}) {
      if (offset >= 0 && offset < length) {
        harms.put("bit flipped at " + offset, each -> Tree.flip(each, offset, 3));
      }
    }
    harms.put("missing", Files::delete);
    if (length > 0) {
      harms.put("empty", each -> Tree.truncate(each, 0));
      harms.put("cut in half", each -> Tree.truncate(each, length / 2));
      harms.put("zeros from end to end", each -> Tree.overwrite(each, Tree.ZEROS));
    }
    harms.put(
        "a directory instead",
        each -> {
          Files.delete(each);
          Files.createDirectory(each);
        });
    Path others = other.resolve(data.relativize(file));
    if (Files.exists(others)) {
      harms.put(
          "another node's",
          each -> {
            byte[] content = Files.readAllBytes(others);
            Files.write(each, content);
          });
    }
    return harms;
  }

  @TestFactory
  List<DynamicTest> ofANodeThatWasStopped() throws Exception {
    return tests(stopped);
  }

  @TestFactory
  List<DynamicTest> ofANodeThatWasKilled() throws Exception {
    return tests(crashed);
  }

  private static List<DynamicTest> tests(Path data) throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Tree.files(data, "")) {
      String name = data.relativize(file).toString();
      if (name.startsWith("fs-") && !name.endsWith("/" + FileSystemLedger.FILE)) {
        continue; // the store's own: see BadInputTest
      }
      if (name.matches("control/(LOG|LOCK|OPTIONS|IDENTITY).*")) {
        continue; // RocksDB makes these anew
      }
      for (Map.Entry<String, Harm> harm : harms(data, file).entrySet()) {
        Path copy = shared.resolve("case" + tests.size());
        tests.add(
            DynamicTest.dynamicTest(
                name + ": " + harm.getKey(),
                () -> {
                  Tree.remove(copy);
                  copy(data, copy);
                  harm.getValue().doTo(copy.resolve(name));
                  check(copy, name);
                  assertEquals(List.of(), OpenDescriptors.below(copy));
                  Tree.remove(copy);
                }));
      }
    }
    return tests;
  }

  private static void check(Path data, String name) throws Exception {
    Appliance node;
    try {
      node = Appliance.start(settings(data));
    } catch (StartFailure refused) {
      String message = refused.getMessage();
      boolean named =
          name.startsWith("control/")
              // Secrets of another node's are sealed with another key, and the key is what is told.
              ? message.contains(data.resolve("control") + " ")
                  || message.contains(data.resolve(DataDirectory.CONTROL_KEY_FILE).toString())
              : message.contains(name);
      assertTrue(named, message);
      return;
    }
    try {
      assertEquals(recorded, Recorded.of(node.control()));
    } finally {
      node.stop();
    }
  }
}
