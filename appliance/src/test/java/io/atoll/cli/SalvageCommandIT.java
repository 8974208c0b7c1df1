package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.ondisk.StoreOnDisk;
import io.atoll.ondisk.Tree;
import io.atoll.process.AtollProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code salvage} and {@code serve --salvage} do in an operator's hands, and what not. */
@EitherIo
class SalvageCommandIT {
  private static final String PERFORMANCE_MODE = "performance-mode";
  private static final int FILES = 300;
  private static final int FILE_BYTES = 200_000;
  private static final long WAIT_SECONDS = 60;

  @TempDir private Path folder;
  private Path data;
  private Path salvaged;

  @BeforeEach
  void makeStore() throws Exception {
    data = folder.resolve("data");
    salvaged = folder.resolve("data.salvaged");
    try (StoreOnDisk store = StoreOnDisk.open(data)) {
      for (int i = 0; i < FILES; i++) {
        store.file("/f" + i, StoreOnDisk.content(i, FILE_BYTES));
      }
    }
  }

  private AtollProcess serve(Path directory, String... further) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--nfs=127.0.0.1:0"));
    arguments.add("--data=" + directory);
    arguments.addAll(List.of(further));
    return AtollProcess.startBriefly(arguments.toArray(String[]::new));
  }

  private static String serveAndStop(AtollProcess starting) throws Exception {
    try (AtollProcess node = starting) {
      node.awaitReady();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      return node.output();
    }
  }

  private static void assertRefused(int exitCode, String why, AtollProcess starting)
      throws Exception {
    try (AtollProcess node = starting) {
      assertEquals(exitCode, node.awaitExit(), node.output());
      assertTrue(node.output().contains(why), node.output());
    }
  }

  private AtollProcess salvage() {
    return AtollProcess.startBriefly(
        "salvage", "--data=" + data, "--to=" + salvaged, "--scratch=" + folder);
  }

  private void damage() {
    Path superblock = StoreOnDisk.folder(data).resolve("superblock");
    Tree.flip(superblock, 20, 3);
    Tree.flip(superblock, 4096 + 20, 3);
  }

  @Test
  void aSalvageThatWasKilledIsNeitherServedNorGoneOnWith() throws Exception {
    Files.writeString(StoreOnDisk.folder(data).resolve(PERFORMANCE_MODE), "maxIO\n");
    try (AtollProcess killed = salvage()) {
      awaitFolder("unfinished-" + StoreOnDisk.ID);
      killed.kill();
      assertFalse(killed.output().contains("kept"), killed.output());
    }
    assertRefused(ExitCode.DATA_DIRECTORY, "holds an unfinished salvage", serve(salvaged));
    assertRefused(ExitCode.DATA_DIRECTORY, "what is in it is an unfinished salvage", salvage());
    assertFalse(Files.exists(StoreOnDisk.folder(salvaged)));
    Tree.remove(salvaged);
    try (AtollProcess again = salvage()) {
      assertEquals(ExitCode.OK, again.awaitExit(), again.output());
    }
    assertEquals(
        "maxIO\n", Files.readString(StoreOnDisk.folder(salvaged).resolve(PERFORMANCE_MODE)));
    serveAndStop(serve(salvaged));
  }

  private void awaitFolder(String name) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!Files.isDirectory(salvaged.resolve(name).resolve("index"))) {
      assertTrue(System.nanoTime() < deadline, "no " + name + " in " + salvaged);
      Thread.onSpinWait();
    }
  }

  @Test
  void aSalvagedStoreIsServedAtEachLaterStart() throws Exception {
    damage();
    assertRefused(ExitCode.STORE, "superblock", serve(data));
    String first = serveAndStop(serve(data, "--salvage"));
    assertTrue(first.contains("Salvaging what is left of it into " + salvaged), first);
    String second = serveAndStop(serve(data, "--salvage"));
    assertTrue(second.contains(salvaged + " was salvaged from " + data), second);
    assertFalse(second.contains("Salvaging"), second);
    assertRefused(ExitCode.DATA_DIRECTORY, "salvaged from it and may have been", serve(data));
  }

  @Test
  void aHealthyStoreUnderAnotherNameIsNotSalvaged() throws Exception {
    Path misnamed = data.resolve("fs-00000000000000001");
    Files.move(StoreOnDisk.folder(data), misnamed);
    assertRefused(
        ExitCode.DATA_DIRECTORY, "give the folder that name again", serve(data, "--salvage"));
    assertFalse(Files.exists(salvaged));
    assertRefused(ExitCode.DATA_DIRECTORY, "give it that name again", salvage());
    assertEquals(List.of("lock"), namesIn(salvaged), "it was copied");
  }

  @Test
  void aHealthyStoreThatCanNotBeOpenedNowIsNotSalvaged() throws Exception {
    // Its log is on another device: where there is none, the test has nothing to say.
    Path elsewhere = Path.of("/dev/shm/atoll-salvage-it-" + ProcessHandle.current().pid());
    Path log = StoreOnDisk.folder(data).resolve("log");
    Tree.copy(log, elsewhere);
    try {
      Tree.remove(log);
      Files.createSymbolicLink(log, elsewhere);
      assertRefused(ExitCode.DATA_DIRECTORY, "is on another device", serve(data, "--salvage"));
      assertFalse(Files.exists(salvaged));
    } finally {
      Tree.remove(elsewhere);
    }
  }

  @Test
  void aFullScratchDirectoryIsToldAsSuch() throws Exception {
    damage();
    Path none = folder.resolve("none");
    assertRefused(
        ExitCode.DATA_DIRECTORY, "(--scratch)", serve(data, "--salvage", "--scratch=" + none));
  }

  private static List<String> namesIn(Path directory) throws Exception {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
