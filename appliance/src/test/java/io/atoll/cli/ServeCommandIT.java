package io.atoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.atoll.AtollVersion;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.ondisk.Tree;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import io.atoll.process.SystemCallTrace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator meets: start, banner, stop, and each reason not to start. */
@EitherIo
class ServeCommandIT {
  private static final int NOBODY = 65534;

  @TempDir private Path folder;

  @Test
  void tellsHowToMountAndStopsInOrder() throws Exception {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      String banner = node.output();
      assertTrue(banner.contains("direct I/O aligned to"), banner);
      assertTrue(banner.contains("io_uring"), banner);
      assertTrue(banner.contains("(new)"), banner);
      assertTrue(banner.contains("memory"), banner);
      int port = AtollProcess.portOf(banner);
      assertTrue(banner.contains("mount -t nfs4 -o vers=4.1,proto=tcp,port=" + port), banner);
      assertTrue(banner.contains("kill " + node.pid()), banner);
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      assertTrue(node.output().endsWith("Stopped: all is on disk."), node.output());
    }
  }

  @Test
  void whatIsLoggedWhileStoppingIsShown() throws Exception {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0", "--verbose")) {
      node.awaitReady();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      List<String> lines = node.output().lines().toList();
      List<String> stopping =
          lines.subList(lines.indexOf("Ready."), lines.indexOf("Stopped: all is on disk."));
      assertTrue(stopping.stream().anyMatch(line -> line.contains("it had done: ")), node.output());
    }
  }

  /** However it ends: what native libraries were loaded from has gone before. */
  @Test
  void leavesNothingInTheTemporaryDirectory() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    try (AtollProcess node =
        AtollProcess.startWith(
            List.of("-Djava.io.tmpdir=" + temporary),
            "serve",
            "--data=" + folder.resolve("data"),
            "--nfs=127.0.0.1:0")) {
      node.awaitReady();
      node.kill();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aFullHeapEndsTheNodeWithACodeOfItsOwnAndALine() throws Exception {
    try (AtollProcess node =
        AtollProcess.startWith(
            List.of("-Xms8m", "-Xmx8m"),
            "serve",
            "--data=" + folder.resolve("data"),
            "--nfs=127.0.0.1:0")) {
      assertEquals(ExitCode.HEAP_FULL, node.awaitExit(), node.output());
      assertTrue(
          node.output().lines().anyMatch(line -> line.startsWith("atoll: the Java heap is full")),
          node.output());
    }
    startAndStop();
  }

  @Test
  void aStartAfterAnOrderlyStopSaysNothingOfRecovery() throws Exception {
    startAndStop();
    assertEquals("", Files.readString(findFile("lock")));
    String second = startAndStop();
    assertFalse(second.contains("recovery"), second);
    assertFalse(second.contains("grace"), second);
  }

  @Test
  void aStartAfterACrashSaysWhatItRecovered() throws Exception {
    long killed;
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      assertFalse(node.output().contains("recovery"), node.output());
      killed = node.pid();
      node.kill();
    }
    assertTrue(
        AtollProcess.field(startAndStop(), "recovery")
            .startsWith("process " + killed + " did not stop in order: replayed "));
    String third = startAndStop();
    assertFalse(third.contains("recovery"), third);
  }

  /** What the failed start in between says is of the address only, so the next one has to. */
  @Test
  void aFailedStartDoesNotHideACrash() throws Exception {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      node.kill();
    }
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertRefused(ExitCode.ADDRESS, address, "--nfs", address);
    }
    String banner = startAndStop();
    assertTrue(AtollProcess.field(banner, "recovery").contains("did not stop in order"), banner);
  }

  @Test
  void findsItsFileSystemAgain() throws Exception {
    String first = fileSystemOf(startAndStop());
    String second = startAndStop();
    assertEquals(first, fileSystemOf(second));
    assertFalse(second.contains("(new)"), second);
  }

  @Test
  void findsItsFileSystemAgainAfterBeingKilled() throws Exception {
    String first;
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      first = fileSystemOf(node.output());
      node.kill();
    }
    assertEquals(first, fileSystemOf(startAndStop()));
  }

  @Test
  void aDataDirectoryInUseNamesTheProcess() throws Exception {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      assertRefused(
          ExitCode.DATA_DIRECTORY,
          "is in use by the process " + node.pid(),
          "--nfs",
          "127.0.0.1:0");
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertRefused(ExitCode.ADDRESS, address, "--nfs", address);
      assertNoFileSystem();
    }
  }

  /** 192.0.2.0/24 is for documentation (RFC 5737). */
  @Test
  void anAddressOfAnotherMachineIsNamed() throws Exception {
    assertRefused(
        ExitCode.ADDRESS,
        "can't listen on 192.0.2.1:2049 (Cannot assign requested address): this machine has no such"
            + " address",
        "--nfs",
        "192.0.2.1:2049");
    assertNoFileSystem();
  }

  @Test
  void aPathThroughAFileNamesTheFile() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    try (AtollProcess node =
        AtollProcess.startBriefly("serve", "--data", file.resolve("a/b").toString())) {
      assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
      assertTrue(node.output().contains("as " + file + " is not a directory"), node.output());
    }
  }

  @Test
  void aDirectoryOfAnotherUserIsNamedAndLeftAsItIs() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    giveAway(data);
    try (AtollProcess node =
        AtollProcess.startUnder(
            withoutOverride(), "serve", "--data=" + data, "--nfs=127.0.0.1:0")) {
      assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
      assertEquals(
          "atoll: the data directory "
              + data
              + " can't be written by this user: change its owner, or choose another (--data)",
          node.output());
    }
    try (Stream<Path> made = Files.list(data)) {
      assertEquals(List.of(), made.toList());
    }
  }

  /** What can't be removed there any more is worth a warning; what clients wrote is worth more. */
  @Test
  void aNodeWhoseDirectoryWasGivenAwayStopsInOrder() throws Exception {
    Path data = folder.resolve("data");
    try (AtollProcess node =
        AtollProcess.startUnder(
            withoutOverride(), "serve", "--data=" + data, "--nfs=127.0.0.1:0")) {
      node.awaitReady();
      giveAway(data);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      assertTrue(node.output().endsWith("Stopped: all is on disk."), node.output());
      assertTrue(node.output().contains("control.json can't be removed"), node.output());
      assertFalse(node.output().contains("\tat "), node.output());
    }
  }

  /** Without the right to pass over permissions even root is another user. */
  private static List<String> withoutOverride() {
    return "root".equals(System.getProperty("user.name"))
        ? List.of(
            "setpriv",
            "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-dac_override,-dac_read_search")
        : List.of();
  }

  /** From now on nothing can be made or removed in {@code directory}. */
  private static void giveAway(Path directory) throws IOException {
    if ("root".equals(System.getProperty("user.name"))) {
      Files.setAttribute(directory, "unix:uid", NOBODY);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    } else {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
  }

  /** As it is after somebody has copied a data directory as another user. */
  @Test
  void filesThatCanNotBeReadAreNamedAndLeftAsTheyAre() throws Exception {
    Path data = folder.resolve("data");
    try (AtollProcess node = AtollProcess.start("serve", "--data=" + data, "--nfs=127.0.0.1:0")) {
      node.awaitReady();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
    Path store;
    try (Stream<Path> all = Files.list(data)) {
      store = all.filter(each -> each.getFileName().toString().startsWith("fs-")).findAny().get();
    }
    List<String> files = new ArrayList<>();
    Stream.of("superblock", "log/0000", "extents/0000", "index/CURRENT", "credits")
        .map(name -> store.getFileName() + "/" + name)
        .forEach(files::add);
    files.addAll(List.of("default", "control.key", "control/CURRENT", "control/MANIFEST-*"));
    files.addAll(List.of("control/*.log", "control/committed"));
    for (String each : files) {
      Path file = fileLike(data, each); // a start may give those of RocksDB other numbers
      String name = file.getFileName().toString();
      final Set<PosixFilePermission> before = Files.getPosixFilePermissions(file);
      final Map<String, String> content = Tree.fingerprint(store.resolve("log"));
      Files.setPosixFilePermissions(file, Set.of());
      try (AtollProcess node =
          AtollProcess.startUnder(
              withoutOverride(), "serve", "--data=" + data, "--nfs=127.0.0.1:0")) {
        assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
        assertTrue(node.output().contains(name), node.output());
        assertEquals(1, node.output().lines().count(), "one line: " + node.output());
      } finally {
        Files.setPosixFilePermissions(file, before);
      }
      assertEquals(content, Tree.fingerprint(store.resolve("log")), "after " + name);
    }
  }

  private static Path fileLike(Path data, String glob) throws IOException {
    Path named = data.resolve(glob);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(named.getParent(), named.getFileName().toString())) {
      return files.iterator().next();
    }
  }

  /** As in a container whose seccomp profile has no io_uring. */
  @Test
  void aKernelThatForbidsTheRingIsNamed() throws Exception {
    if (!SystemCallTrace.isAvailable()) {
      unavailable("strace is not here: apt-get install strace");
    }
    try (AtollProcess node =
        AtollProcess.startUnder(
            SystemCallTrace.failing("io_uring_setup", "EPERM"),
            "serve",
            "--io=ring",
            "--data=" + folder.resolve("data"),
            "--nfs=127.0.0.1:0")) {
      assertEquals(ExitCode.IO_URING, node.awaitExit(), node.output());
      assertEquals(1, node.output().lines().count(), "one line: " + node.output());
      assertTrue(node.output().contains("the kernel refused it to this process"), node.output());
      assertTrue(node.output().contains("--io=nio"), node.output());
      assertNoFileSystem();
    }
  }

  private static void unavailable(String reason) {
    if ("true".equals(System.getenv("CI"))) {
      fail(reason);
    }
    abort(reason);
  }

  @Test
  void memoryIsRefusedAsADisk() throws Exception {
    Path shared = Path.of("/dev/shm");
    Path data = Files.createTempDirectory(shared, "atoll-test");
    try (AtollProcess node =
        AtollProcess.startBriefly("serve", "--data", data.toString(), "--nfs", "127.0.0.1:0")) {
      assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
      assertTrue(node.output().contains("is in memory (tmpfs)"), node.output());
    } finally {
      try (Stream<Path> left = Files.walk(data)) {
        for (Path path : left.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  void aDamagedStoreIsRefusedAndLeftAsItIs() throws Exception {
    startAndStop();
    Path superblock = findFile("superblock");
    byte[] intact = Files.readAllBytes(superblock);
    try (FileChannel channel = FileChannel.open(superblock, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(intact.length), 0);
    }
    byte[] damaged = Files.readAllBytes(superblock);
    assertRefused(ExitCode.STORE, "superblock", "--nfs", "127.0.0.1:0");
    assertEquals(ByteBuffer.wrap(damaged), ByteBuffer.wrap(Files.readAllBytes(superblock)));
    Files.write(superblock, intact);
    startAndStop();
  }

  @Test
  void aDamagedCopyOfTheSuperblockIsToldAndMended() throws Exception {
    startAndStop();
    try (FileChannel superblock =
        FileChannel.open(findFile("superblock"), StandardOpenOption.WRITE)) {
      superblock.write(ByteBuffer.wrap("noise".repeat(100).getBytes(UTF_8)), 4096);
    }
    String warned = startAndStop();
    assertEquals(1, warned.lines().filter(line -> line.contains(" WARNING ")).count(), warned);
    assertTrue(warned.contains("superblock at offset 4096 in "), warned);
    assertTrue(warned.contains("this copy is damaged; the other one, at offset 0, is used"));
    String mended = startAndStop();
    assertFalse(mended.contains(" WARNING "), mended);
  }

  @Test
  void aLogSegmentThatIsTooShortIsRefusedByFileAndOffset() throws Exception {
    startAndStop();
    try (FileChannel segment = FileChannel.open(findFile("0001"), StandardOpenOption.WRITE)) {
      segment.truncate(8192);
    }
    assertRefused(
        ExitCode.STORE,
        "log/0001 ends at offset 8192, but a segment of this volume has ",
        "--nfs",
        "127.0.0.1:0");
  }

  @Test
  void wrongOptionsAreNamed() throws Exception {
    assertRefused(
        ExitCode.USAGE,
        "'--lease-seconds': 1 is not between 5 and 3600 seconds",
        "--lease-seconds",
        "1");
    assertRefused(ExitCode.USAGE, "'nowhere' is not HOST:PORT", "--nfs", "nowhere");
    assertRefused(ExitCode.USAGE, "'sideways'", "--io", "sideways");
    assertRefused(ExitCode.USAGE, "--no-such-option", "--no-such-option");
    try (AtollProcess node = AtollProcess.startBriefly("sevre")) {
      assertEquals(ExitCode.USAGE, node.awaitExit(), node.output());
      assertEquals(
          "atoll: there is no command or argument 'sevre'; did you mean serve?; see 'atoll --help'",
          node.output());
    }
  }

  @Test
  void aConfigurationFileIsRefusedByFileAndLine() throws Exception {
    Path file = folder.resolve("atoll.conf");
    Files.writeString(file, "# a node\nlease-seconds = 4\n");
    assertRefused(
        ExitCode.USAGE,
        "atoll: the configuration file "
            + file
            + ", line 2, sets 'lease-seconds' wrongly: 4 is not between 5 and 3600 seconds",
        "--config",
        file.toString());
    Files.writeString(file, "nfs = 127.0.0.1:0\ndata = ~/atoll\n");
    try (AtollProcess node = AtollProcess.startBriefly("serve", "--config", file.toString())) {
      assertEquals(ExitCode.USAGE, node.awaitExit(), node.output());
      assertTrue(node.output().contains("line 2, sets 'data' wrongly: '~/atoll' begins with ~"));
    }
  }

  @Test
  void theVersionIsTheProgramsOwn() throws Exception {
    try (AtollProcess asked = AtollProcess.startBriefly("--version")) {
      assertEquals(ExitCode.OK, asked.awaitExit(), asked.output());
      assertEquals("atoll " + AtollVersion.current(), asked.output());
    }
  }

  @Test
  void withoutACommandItTellsWhatThereIsAndFails() throws Exception {
    try (AtollProcess asked = AtollProcess.startBriefly()) {
      assertEquals(ExitCode.USAGE, asked.awaitExit(), asked.output());
      assertTrue(asked.output().startsWith("Usage: atoll"), asked.output());
    }
  }

  @Test
  void limitsAreAsTheyAreSet() throws Exception {
    try (AtollProcess node =
        serve("--nfs", "127.0.0.1:0", "--max-name-bytes", "4", "--max-opens-per-client", "1")) {
      node.awaitReady();
      try (NfsClient client = new NfsClient(node.nfsPort(), "limited", 1)) {
        client
            .call(Requests.putRoot(), Requests.openCreating("fives", Requests.WRITE, 0600, 0))
            .is(Nfs4Status.NAMETOOLONG);
        client
            .call(Requests.putRoot(), Requests.openCreating("four", Requests.WRITE, 0600, 0))
            .is(Nfs4Status.OK);
        client
            .call(Requests.putRoot(), Requests.openCreating("more", Requests.WRITE, 0600, 0))
            .is(Nfs4Status.DQUOT);
      }
    }
  }

  @Test
  void aSquashedRootIsAnyUser() throws Exception {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0", "--squash", "root")) {
      node.awaitReady();
      try (NfsClient client = new NfsClient(node.nfsPort(), "squashed", 1)) {
        client
            .call(Requests.putRoot(), Requests.openCreating("mine", Requests.WRITE, 0600, 0))
            .is(Nfs4Status.ACCESS);
      }
    }
  }

  private AtollProcess serve(String... arguments) {
    return AtollProcess.startBriefly(
        Stream.concat(
                List.of("serve", "--data", folder.resolve("data").toString()).stream(),
                List.of(arguments).stream())
            .toArray(String[]::new));
  }

  private String startAndStop() throws InterruptedException {
    try (AtollProcess node = serve("--nfs", "127.0.0.1:0")) {
      node.awaitReady();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      return node.output();
    }
  }

  private void assertRefused(int exitCode, String why, String... arguments)
      throws InterruptedException {
    try (AtollProcess node = serve(arguments)) {
      assertEquals(exitCode, node.awaitExit(), node.output());
      assertTrue(node.output().contains(why), node.output());
      assertEquals(1, node.output().lines().count(), "one line: " + node.output());
    }
  }

  private void assertNoFileSystem() throws IOException {
    try (Stream<Path> made = Files.list(folder.resolve("data"))) {
      assertEquals(List.of("lock"), made.map(path -> path.getFileName().toString()).toList());
    }
  }

  private static String fileSystemOf(String banner) {
    return AtollProcess.field(banner, "file system").split(" ", 2)[0];
  }

  private Path findFile(String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      return files
          .filter(path -> path.getFileName().toString().startsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Refused ports stay refused: nothing else listens where a node once did. */
  @Test
  void theAddressIsFreeAgainAfterStopping() throws Exception {
    String banner = startAndStop();
    try (ServerSocket again = new ServerSocket()) {
      again.setReuseAddress(true);
      again.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), AtollProcess.portOf(banner)));
    }
  }
}
