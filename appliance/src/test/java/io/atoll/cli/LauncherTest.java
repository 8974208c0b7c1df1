package io.atoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher on a machine that lacks what Atoll needs: a PATH and folders of the test's own. */
class LauncherTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  /** Something that Atoll needs is not on this machine. */
  private static final int ENVIRONMENT = 69;

  /** What the launcher uses of any system. */
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "bash",
          "cat",
          "cp",
          "dirname",
          "env",
          "find",
          "flock",
          "grep",
          "ln",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "sort",
          "stat",
          "tail",
          "tee",
          "timeout",
          "touch");

  /** What a node does that is recorded. */
  private static final String SERVE_UNTIL_TOLD =
      "trap 'exit 0' TERM; echo Ready.; while :; do sleep 0.01; done";

  /** What a node does that runs: as long as the file HOLD is there. */
  private static final String SERVE_WHILE_HELD =
      "while [[ -n \"${HOLD:-}\" && -e \"$HOLD\" ]]; do sleep 0.01; done";

  @TempDir private Path folder;
  private Path programs;
  private Path jdks;

  /** The project as it is cloned: nothing is built. */
  private Path clone;

  @BeforeEach
  void makeMachine() throws Exception {
    programs = Files.createDirectory(folder.resolve("bin"));
    jdks = Files.createDirectory(folder.resolve("jdks"));
    clone = Files.createDirectory(folder.resolve("clone"));
    for (String file : List.of("atoll", "pom.xml")) {
      Files.copy(PROJECT.resolve(file), clone.resolve(file));
    }
    assertTrue(clone.resolve("atoll").toFile().setExecutable(true, false));
    for (String tool : TOOLS) {
      Path found =
          List.of("/usr/bin", "/bin").stream()
              .map(each -> Path.of(each, tool))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      script(programs.resolve(tool), "exec " + found + " \"$@\"");
    }
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    assertTrue(file.toFile().setExecutable(true, false));
  }

  /** One that says its release when it is to run a program. */
  private static void makeJdk(Path home, int release) throws IOException {
    script(home.resolve("bin/java"), "echo \"JDK " + release + " runs ${*: -2}\"");
    script(home.resolve("bin/javac"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + release + ".0.1\"\n");
  }

  /** A JDK whose programs are on the PATH, as a distribution's alternatives put them there. */
  private void makeJdkOnPath(int release) throws IOException {
    Path home = folder.resolve("on-path");
    makeJdk(home, release);
    for (String program : List.of("java", "javac")) {
      Files.createSymbolicLink(programs.resolve(program), home.resolve("bin").resolve(program));
    }
  }

  private record Run(int exitCode, String output) {}

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    return run(List.of(), environment, arguments);
  }

  /**
   * @param under runs the command behind its own arguments
   */
  private Run run(List<String> under, Map<String, String> environment, String... arguments)
      throws Exception {
    Process launcher = launch(under, environment, arguments);
    String output = new String(launcher.getInputStream().readAllBytes(), UTF_8).strip();
    return new Run(launcher.waitFor(), output);
  }

  private Process launch(List<String> under, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(under);
    command.add(clone.resolve("atoll").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", programs.toString());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("ATOLL_JDKS", jdks.toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static void assertMissing(Run run, String what) {
    assertEquals(ENVIRONMENT, run.exitCode(), run.output());
    assertTrue(run.output().startsWith("atoll: needs " + what), run.output());
    assertEquals(1, run.output().lines().count(), run.output());
  }

  @Test
  void aMissingJdkIsToldInOneLine() throws Exception {
    assertMissing(run(Map.of(), "serve"), "a JDK 25 or newer: install one");
  }

  @Test
  void anOlderJdkIsNone() throws Exception {
    makeJdk(jdks.resolve("seventeen"), 17);
    makeJdkOnPath(21);
    assertMissing(run(Map.of(), "serve"), "a JDK 25 or newer: install one");
    assertMissing(run(Map.of(), "test"), "a JDK 25 or newer: install one");
  }

  @Test
  void aMissingMavenIsToldInOneLine() throws Exception {
    makeJdk(jdks.resolve("jdk"), 25);
    assertMissing(run(Map.of(), "serve"), "Maven 3.8 or newer to build: install");
    assertMissing(run(Map.of(), "test"), "Maven 3.8 or newer to build: install");
  }

  @Test
  void aJdkIsFoundThoughTheOneOnThePathIsOlder() throws Exception {
    makeJdkOnPath(17);
    makeJdk(jdks.resolve("new"), 25);
    Run run = run(Map.of("ATOLL_SKIP_BUILD", "1"), "serve", "--verbose");
    assertEquals("JDK 25 runs serve --verbose", run.output());
    assertEquals(0, run.exitCode());
  }

  @Test
  void theJdkThatIsNamedIsUsed() throws Exception {
    makeJdk(jdks.resolve("new"), 25);
    makeJdk(folder.resolve("named"), 26);
    Run run =
        run(
            Map.of("ATOLL_SKIP_BUILD", "1", "ATOLL_JAVA_HOME", folder.resolve("named").toString()),
            "serve",
            "--verbose");
    assertEquals("JDK 26 runs serve --verbose", run.output());
  }

  @Test
  void aNamedFolderThatIsNoJdkOrAnOlderOneIsToldAndNoOtherOneTaken() throws Exception {
    makeJdk(jdks.resolve("new"), 25);
    makeJdk(folder.resolve("older"), 21);
    for (String named : List.of("older", "nowhere")) {
      Path home = folder.resolve(named);
      Run run = run(Map.of("ATOLL_SKIP_BUILD", "1", "ATOLL_JAVA_HOME", home.toString()), "serve");
      assertEquals(ENVIRONMENT, run.exitCode(), run.output());
      assertEquals(
          "atoll: ATOLL_JAVA_HOME names "
              + home
              + ", which is no JDK 25 or newer: have it name one, or unset it so that one is looked"
              + " for",
          run.output());
    }
  }

  @Test
  void aCloneThatCantBeWrittenIsToldInOneLine() throws Exception {
    makeBuild(SERVE_UNTIL_TOLD);
    List<String> command = asWhoMayNotWrite(clone);
    for (String what : List.of("serve", "test")) {
      Run run = run(command, Map.of(), what);
      assertEquals(ENVIRONMENT, run.exitCode(), run.output());
      assertEquals(
          "atoll: can't build, as "
              + clone
              + " can't be written: run it as who owns "
              + clone
              + ", or from a clone of your own",
          run.output());
    }
  }

  /** What runs a command as somebody who may read a folder only: root may write any. */
  private List<String> asWhoMayNotWrite(Path unwritable) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      assertTrue(unwritable.toFile().setWritable(false));
      return List.of();
    }
    for (Path each = folder;
        each != null && !each.equals(each.getRoot());
        each = each.getParent()) {
      if (Files.getOwner(each).getName().equals("root") && Files.isDirectory(each)) {
        Set<PosixFilePermission> all = new HashSet<>(Files.getPosixFilePermissions(each));
        all.addAll(PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setPosixFilePermissions(each, all);
      }
    }
    return List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  }

  /** A build that leaves a node's jars, and a JDK that says whether its JVM is given a cache. */
  private void makeBuild(String recording) throws IOException {
    for (String module : List.of("io-engine", "throughput-modes", "appliance")) {
      Files.createDirectories(clone.resolve(module).resolve("src/main"));
      Files.createFile(clone.resolve(module).resolve("pom.xml"));
    }
    script(
        programs.resolve("mvn"),
        "mkdir -p {io-engine,throughput-modes}/target appliance/target/lib",
        "cat appliance/src/main/* >appliance/target/lib/a.jar",
        "touch appliance/target/atoll-appliance-$(sed -n 's:^  <version>\\(.*\\)</version>:\\1:p'"
            + " pom.xml).jar");
    changeSources("as cloned");
    Path home = jdks.resolve("jdk");
    makeJdk(home, 25);
    script(
        home.resolve("bin/java"),
        "case \"$*\" in",
        "*AOTMode=record*) " + recording + " ;;",
        "*AOTMode=create*) for each; do",
        "  case $each in -XX:AOTCache=*) touch \"${each#*=}\" ;; esac; done ;;",
        "*AOTCache=*) echo 'runs with a cache'; " + SERVE_WHILE_HELD + " ;;",
        "*) echo 'runs without a cache' ;;",
        "esac");
  }

  private void changeSources(String content) throws IOException {
    Files.writeString(clone.resolve("appliance/src/main/Some.java"), content);
  }

  /** The folders of jars that nodes may run from. */
  private List<Path> servers() throws IOException {
    try (var all = Files.list(clone.resolve("target/server"))) {
      return all.filter(each -> !Files.isSymbolicLink(each)).sorted().toList();
    }
  }

  private static String lastLine(Run run) {
    return run.output().lines().toList().getLast();
  }

  @Test
  void aStartIsRecordedOnceForEachBuild() throws Exception {
    makeBuild(SERVE_UNTIL_TOLD);
    Run first = run(Map.of(), "serve");
    assertTrue(first.output().contains("recording a start"), first.output());
    assertEquals("runs with a cache", lastLine(first), first.output());
    assertEquals("runs with a cache", run(Map.of(), "serve").output());
    changeSources("another one");
    Run other = run(Map.of(), "serve");
    assertTrue(other.output().contains("recording a start"), other.output());
  }

  @Test
  void whereIoUringIsForbiddenAStartOnNioIsRecorded() throws Exception {
    makeBuild("[[ $* == *--io=nio* ]] || exit 3; " + SERVE_UNTIL_TOLD);
    Run run = run(Map.of(), "serve");
    assertEquals("runs with a cache", lastLine(run), run.output());
  }

  @Test
  void aBuildLeavesTheJarsOfANodeThatRunsAsTheyAre() throws Exception {
    makeBuild(SERVE_UNTIL_TOLD);
    Path hold = Files.createFile(folder.resolve("hold"));
    Process node = launch(List.of(), Map.of("HOLD", hold.toString()), "serve");
    try (var output = node.inputReader(UTF_8)) {
      while (!"runs with a cache".equals(output.readLine())) {
        assertTrue(node.isAlive(), "it ended before it ran");
      }
      Path running = servers().getFirst();
      changeSources("another one");
      assertEquals("runs with a cache", lastLine(run(Map.of(), "serve")));
      assertEquals(2, servers().size(), "the new one, and the one that runs: " + servers());
      assertEquals("as cloned", Files.readString(running.resolve("a.jar")));
    } finally {
      Files.delete(hold);
      node.waitFor();
    }
    changeSources("a third one");
    Run third = run(Map.of(), "serve");
    assertEquals(1, servers().size(), "nothing runs from the older ones: " + third.output());
  }

  @Test
  void aRecordingThatFailsIsToldOnceAndKeepsNothingFromStarting() throws Exception {
    makeBuild("echo 'no room'; exit 3");
    Run first = run(Map.of(), "serve");
    assertTrue(first.output().contains("Atoll starts without it"), first.output());
    assertEquals("runs without a cache", lastLine(first), first.output());
    assertEquals(
        "no room\nno room", Files.readString(servers().getFirst().resolve("aot/log")).strip());
    assertEquals("runs without a cache", run(Map.of(), "serve").output());
  }

  @Test
  void onDebianRootGetsWhatIsMissing() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root installs packages");
    makeJdk(jdks.resolve("jdk"), 25);
    script(programs.resolve("strace"));
    script(programs.resolve("nfs-ls"));
    script(programs.resolve("aws"));
    script(programs.resolve("apt-cache"), "[[ $* == 'show maven' ]]");
    script(
        programs.resolve("apt-get"),
        "[[ $* == *' install '*' maven' ]] || exit 1",
        "echo 'echo built' >" + programs.resolve("mvn"),
        "/bin/chmod +x " + programs.resolve("mvn"));
    Run run = run(Map.of(), "test");
    assertEquals("atoll: installing maven\nbuilt", run.output());
    assertEquals(0, run.exitCode());
  }

  @Test
  void whatFailedTestsPrintedIsShownAtTheEnd() throws Exception {
    makeJdk(jdks.resolve("jdk"), 25);
    script(programs.resolve("strace"));
    script(programs.resolve("nfs-ls"));
    script(programs.resolve("aws"));
    Path reports = Files.createDirectories(clone.resolve("one/target/surefire-reports"));
    Files.writeString(reports.resolve("a.GoodTest.txt"), "Tests run: 1, Failures: 0\n");
    Files.writeString(reports.resolve("a.GoodTest-output.txt"), "good\n");
    Files.writeString(reports.resolve("a.BadTest.txt"), "Tests run: 1 <<< FAILURE! -- in a\n");
    Files.writeString(reports.resolve("a.BadTest-output.txt"), "first\nlast\n");
    script(programs.resolve("mvn"), "exit 1");
    Run run = run(Map.of(), "test");
    assertEquals(
        List.of(
            "atoll: the end of one/target/surefire-reports/a.BadTest-output.txt:",
            "  first",
            "  last"),
        run.output().lines().toList());
    assertEquals(1, run.exitCode(), "Maven's own");
  }

  @Test
  void whatTestsLeftOutIsListedAtTheEnd() throws Exception {
    makeJdk(jdks.resolve("jdk"), 25);
    script(programs.resolve("strace"));
    script(programs.resolve("nfs-ls"));
    script(programs.resolve("aws"));
    for (String module : List.of("one", "two")) {
      Files.createDirectories(clone.resolve(module).resolve("target"));
    }
    Files.writeString(clone.resolve("two/target/left-out.txt"), "of an earlier run: gone\n");
    script(
        programs.resolve("mvn"),
        "echo tests; echo 'ATest.b: no moon' >one/target/left-out.txt; exit 1");
    Run run = run(Map.of(), "test");
    assertEquals(
        List.of(
            "tests",
            "atoll: left out, as something is missing on this machine (with CI=true this fails):",
            "  ATest.b: no moon"),
        run.output().lines().toList());
    assertEquals(1, run.exitCode(), "Maven's own");
  }
}
