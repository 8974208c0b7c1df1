package io.atoll.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.atoll.io.runtime.IoMode;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.rpc.Calls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real program, run by its launcher as a process of its own, its output at hand.
 *
 * <p>The system property {@value #LAUNCHER_PROPERTY} names another program that takes the same
 * arguments, to hold the tests themselves against another server.
 */
public final class AtollProcess implements AutoCloseable {
  public static final String LAUNCHER_PROPERTY = "atoll.launcher";

  /** Whether what runs are the jars, by a start that was recorded, and not the classes. */
  private static final String JARS_PROPERTY = "atoll.test.jars";

  private static final Duration END_WITHIN = Duration.ofSeconds(60);

  /** Netty's detector tells what was not released when it was collected, and where it was made. */
  private static final List<String> FOLLOW_EACH_BUFFER =
      List.of(
          "-Dio.netty.leakDetection.level=simple", "-Dio.netty.leakDetection.samplingInterval=1");

  /** For {@link #startWith}: Netty follows no buffer, as the launcher has it. */
  public static final List<String> AS_USERS_RUN_IT =
      List.of("-Dio.netty.leakDetection.level=disabled");

  /** For a node that lives for seconds, half of whose work the optimizing compiler would be. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  /** How it begins to tell. */
  private static final String LEAK = "LEAK:";

  /** Each lets Netty look at what was collected. */
  private static final int CALLS_AFTER_COLLECTION = 3;

  private static final Pattern MEMORY_BOUND = Pattern.compile("at most ([0-9.]+) GiB");
  private static final long GIB = 1L << 30;
  private static final int NFS_VERSION = 4;
  private static final int NULL_PROCEDURE = 0;

  /** Record mark, xid, reply, accepted, verifier of two words, success. */
  private static final int NULL_REPLY_BYTES = 7 * Integer.BYTES;

  private final Process process;
  private final Thread reader;
  private final Thread endWithTests;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private AtollProcess(Process process) {
    this.process = process;
    reader = Thread.ofPlatform().daemon().name("atoll-output").start(this::readOutput);
    endWithTests = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithTests);
  }

  /** Runs {@code ./atoll arguments...}; standard error is merged into the output. */
  public static AtollProcess start(String... arguments) {
    return startWith(List.of(), arguments);
  }

  /** As {@link #start}, for what is over in seconds and measures nothing. */
  public static AtollProcess startBriefly(String... arguments) {
    return startWith(SHORT_LIVED, arguments);
  }

  /** As {@link #start}, with further options for the JVM. */
  public static AtollProcess startWith(List<String> jvmOptions, String... arguments) {
    return start(List.of(), jvmOptions, arguments);
  }

  /**
   * As {@link #startBriefly}, by another program: one that runs the command behind its own
   * arguments in its own place, or as its child.
   */
  public static AtollProcess startUnder(List<String> program, String... arguments) {
    return start(program, SHORT_LIVED, arguments);
  }

  private static AtollProcess start(
      List<String> under, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>(under);
    command.add(launcher().toString());
    command.addAll(List.of(arguments));
    if (takesIo(command)) {
      command.add(IoUnderTest.option());
    }
    command.addAll(PerformanceUnderTest.optionsFor(command));
    if (takesApi(command)) {
      command.add("--api=127.0.0.1:0");
    }
    List<String> options = new ArrayList<>(FOLLOW_EACH_BUFFER);
    options.addAll(jvmOptions);
    ProcessBuilder program = new ProcessBuilder(command).redirectErrorStream(true);
    // The build that runs these tests has built what they run.
    program.environment().put("ATOLL_SKIP_BUILD", Boolean.getBoolean(JARS_PROPERTY) ? "jars" : "1");
    program.environment().put("ATOLL_JAVA_OPTS", String.join(" ", options));
    try {
      return new AtollProcess(program.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it is for the test to say what drives disks and sockets, and it has not. */
  private static boolean takesIo(List<String> command) {
    return IoUnderTest.mode() == IoMode.NIO
        && (command.contains("serve") || command.contains("salvage"))
        && command.stream().noneMatch(argument -> argument.startsWith("--io"));
  }

  /** Whether nodes of several tests at once would want the same port. */
  private static boolean takesApi(List<String> command) {
    return command.contains("serve")
        && command.stream().noneMatch(argument -> argument.startsWith("--api"));
  }

  /** Is there a program to run? */
  public static boolean isAvailable() {
    return findLauncher().isPresent();
  }

  private static Path launcher() {
    return findLauncher()
        .orElseThrow(
            () -> new IllegalStateException("no launcher above " + Path.of("").toAbsolutePath()));
  }

  /** The launcher at the top of the project, wherever in it the tests run. */
  private static Optional<Path> findLauncher() {
    String other = System.getProperty(LAUNCHER_PROPERTY);
    if (other != null) {
      return Optional.of(Path.of(other));
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("atoll");
      if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private void readOutput() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // the process is gone, and so is its output
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  /**
   * Waits for a line of output.
   *
   * @throws AssertionError if it does not come within {@code atMost}, or the process ends before
   */
  public String awaitLine(Predicate<String> wanted, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lines) {
      for (int seen = 0; ; seen++) {
        while (seen == lines.size()) {
          long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (ended || leftMillis <= 0) {
            throw new AssertionError("the line did not come; the output was:\n" + output());
          }
          lines.wait(leftMillis);
        }
        if (wanted.test(lines.get(seen))) {
          return lines.get(seen);
        }
      }
    }
  }

  /** Waits until a node is ready. */
  public void awaitReady() throws InterruptedException {
    awaitLine("Ready."::equals, END_WITHIN);
  }

  /** All lines so far. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  /** The port of a node that is ready. */
  public int nfsPort() {
    return portOf(output());
  }

  /** The port that a banner tells. */
  public static int portOf(String banner) {
    String address = field(banner, "NFS 4.0, 4.1");
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** What a banner tells under {@code name}. */
  public static String field(String banner, String name) {
    return banner
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no '" + name + "' in:\n" + banner));
  }

  /** The memory that a node says it takes at most. */
  public long memoryBoundBytes() {
    Matcher bound = MEMORY_BOUND.matcher(field(output(), "memory"));
    if (!bound.find()) {
      throw new AssertionError("no bound of memory in:\n" + output());
    }
    return (long) (Double.parseDouble(bound.group(1)) * GIB);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Has a node collect its garbage and answer calls, so that its output has all that it leaked so
   * far.
   */
  public void uncoverLeaks() throws InterruptedException {
    try {
      collectGarbage();
      call();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for leaks of the process " + pid(), e);
    }
  }

  private void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collection =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.run")
            .redirectErrorStream(true)
            .start();
    String said = new String(collection.getInputStream().readAllBytes(), UTF_8);
    if (collection.waitFor() != 0) {
      throw new AssertionError("the node collected no garbage: " + said);
    }
  }

  private void call() throws IOException {
    byte[] call = Calls.record(Calls.header(1, Calls.NFS, NFS_VERSION, NULL_PROCEDURE, 0).bytes());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nfsPort())) {
      socket.setSoTimeout((int) END_WITHIN.toMillis());
      for (int i = 0; i < CALLS_AFTER_COLLECTION; i++) {
        socket.getOutputStream().write(call);
        if (socket.getInputStream().readNBytes(NULL_REPLY_BYTES).length < NULL_REPLY_BYTES) {
          throw new AssertionError("the node hung up on a NULL call");
        }
      }
    }
  }

  /** SIGTERM. */
  public void terminate() {
    // Process.destroy would close the output before the last lines are read.
    process.toHandle().destroy();
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Waits for the end and all output, and returns the exit code. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(END_WITHIN)) {
      throw new AssertionError("the process did not end; its output was:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  /**
   * Kills it, if it lives.
   *
   * @throws AssertionError if it told of a buffer that it had leaked
   */
  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(endWithTests);
    try {
      reader.join(END_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String output = output();
    if (output.contains(LEAK)) {
      throw new AssertionError("the process leaked buffers; its output was:\n" + output);
    }
  }
}
