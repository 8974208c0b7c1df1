package io.atoll.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * A Linux guest under emulation that runs one job against servers on this machine's loopback, which
 * it reaches as {@value #HOST_ADDRESS}.
 *
 * <p>The job is one of {@code src/test/guest/jobs}. It tells the test what it has come to by
 * markers, lines {@code @@NAME value}; the test answers by lines. Both go over a serial line of
 * their own, while the console, with the kernel's messages and all that the job prints, goes to
 * {@code target/guest/LABEL.log}.
 *
 * <p>Confined to the test's thread. Whatever ends the JVM ends the guest; a JVM that is killed
 * leaves it to its time limit.
 */
public final class LinuxGuest implements AutoCloseable {
  /** This machine's loopback, as a guest sees it (QEMU's user-mode network). */
  public static final String HOST_ADDRESS = "10.0.2.2";

  private static final String MARKER_PREFIX = "@@";
  private static final String EXIT_MARKER = "EXIT";
  private static final int CONSOLE_LINES_SHOWN = 40;
  private static final Duration POWER_OFF_MOST = Duration.ofMinutes(1);
  private static final Duration LIFE_MOST = Duration.ofHours(6);

  /**
   * Something that the guest told: {@code value} may be empty. A null marker in the queue is
   * written as END.
   */
  public record Marker(String name, String value) {
    /** Ends the queue: the guest's process is gone. */
    private static final Marker END = new Marker("", "");

    static Marker parse(String line) {
      int space = line.indexOf(' ');
      return space < 0
          ? new Marker(line.substring(MARKER_PREFIX.length()), "")
          : new Marker(line.substring(MARKER_PREFIX.length(), space), line.substring(space + 1));
    }
  }

  private final String label;
  private final Path console;
  private final Process process;
  private final BufferedWriter toGuest;
  private final Thread killAtExit;
  private final BlockingDeque<Marker> markers = new LinkedBlockingDeque<>();

  /** Null while the job runs. */
  private String exitStatus;

  private LinuxGuest(String label, Path console, Process process) {
    this.label = label;
    this.console = console;
    this.process = process;
    this.toGuest = process.outputWriter(UTF_8);
    this.killAtExit = new Thread(process::destroyForcibly, "kill guest " + label);
    Runtime.getRuntime().addShutdownHook(killAtExit);
    Thread.ofVirtual().name("markers of guest " + label).start(this::readMarkers);
  }

  /** A guest with this host name, which is also the owner string of its NFS client. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** The next marker of this name; those before it are dropped. */
  public String awaitMarker(String name, Duration bound) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + bound.toNanos();
    while (true) {
      Marker marker = nextMarker(Duration.ofNanos(deadlineNanos - System.nanoTime()), name);
      if (marker.name().equals(name)) {
        return marker.value();
      }
      if (marker.name().equals(EXIT_MARKER)) {
        throw failure("ended with status " + marker.value() + " instead of telling " + name);
      }
    }
  }

  /** Whether a marker comes within the bound; it stays the next one. */
  public boolean tellsAnything(Duration bound) throws InterruptedException {
    Marker marker = markers.poll(bound.toNanos(), TimeUnit.NANOSECONDS);
    if (marker != null) {
      markers.addFirst(marker);
    }
    return marker != null;
  }

  /**
   * Waits for a marker of a job that tells something all the while; those before it are dropped.
   *
   * @param silence for so long at most
   * @return false if the guest falls silent: its kernel hangs
   * @throws AssertionError if it goes on and does not tell this within the bound, or ends
   */
  public boolean tellsUnlessItHangs(String name, Duration bound, Duration silence)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    while (tellsAnything(silence)) {
      Marker marker = nextMarker(Duration.ZERO, name);
      if (marker.name().equals(name)) {
        return true;
      }
      if (marker.name().equals(EXIT_MARKER)) {
        throw failure("ended with status " + marker.value() + " instead of telling " + name);
      }
      if (System.nanoTime() - startNanos > bound.toNanos()) {
        throw failure("goes on, and did not tell " + name + " within its bound");
      }
    }
    return false;
  }

  /** The next marker, whatever it is; {@code EXIT} with the job's status is the last. */
  public Marker nextMarker(Duration bound) throws InterruptedException {
    return nextMarker(bound, "something");
  }

  private Marker nextMarker(Duration bound, String awaited) throws InterruptedException {
    Marker marker = markers.poll(Math.max(0, bound.toNanos()), TimeUnit.NANOSECONDS);
    if (marker == null) {
      throw failure("did not tell " + awaited + " within its bound");
    }
    if (marker.equals(Marker.END)) {
      markers.add(marker);
      throw failure("died before telling " + awaited);
    }
    if (marker.name().equals(EXIT_MARKER)) {
      exitStatus = marker.value();
    }
    return marker;
  }

  /** Sends a line to the job, which reads it from its control line. */
  public void send(String line) {
    try {
      toGuest.write(line + "\n");
      toGuest.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("sending '" + line + "' to guest " + label, e);
    }
  }

  /** Waits for the end of the job, which must be a success. */
  public void awaitExit(Duration bound) throws InterruptedException {
    if (exitStatus == null) {
      awaitMarker(EXIT_MARKER, bound);
    }
    if (!"0".equals(exitStatus)) {
      throw failure("ended with status " + exitStatus);
    }
    if (!process.waitFor(POWER_OFF_MOST)) {
      throw failure("does not power off");
    }
  }

  /** The whole machine stands still, its clocks but for the time that it will find out. */
  void freeze() throws InterruptedException {
    signal("STOP");
  }

  /** It goes on after {@link #freeze}. */
  void thaw() throws InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws InterruptedException {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw failure("can't be sent SIG" + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("sending SIG" + name + " to guest " + label, e);
    }
  }

  /** Ends the guest as a power cut would. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(killAtExit);
  }

  private void readMarkers() {
    try (BufferedReader fromGuest = process.inputReader(UTF_8)) {
      for (String line = fromGuest.readLine(); line != null; line = fromGuest.readLine()) {
        if (line.startsWith(MARKER_PREFIX)) {
          markers.add(Marker.parse(line.strip()));
        }
      }
    } catch (IOException e) {
      // The guest was killed: the queue ends as if it had died by itself.
    } finally {
      markers.add(Marker.END);
    }
  }

  private AssertionError failure(String what) {
    String shown;
    try {
      List<String> lines = new String(Files.readAllBytes(console), UTF_8).lines().toList();
      shown =
          String.join(
              "\n", lines.subList(Math.max(0, lines.size() - CONSOLE_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      shown = "no console: " + e;
    }
    return new AssertionError(
        "guest " + label + " " + what + "; the end of " + console + ":\n" + shown);
  }

  /** What a guest is to be. */
  public static final class Builder {
    private final String name;
    private final List<String> job = new ArrayList<>();
    private String label;
    private int serverPort = 2049;
    private int memoryMib = 1024;
    private int forwardedPort;
    private final List<String> drives = new ArrayList<>();
    private String mountVersion = "4.1";
    private String scale = System.getenv().getOrDefault("ATOLL_SCALE", "1");

    private Builder(String name) {
      this.name = name;
      this.label = name;
    }

    /** Names the logs; several guests of one name differ by it. */
    public Builder label(String value) {
      label = value;
      return this;
    }

    /** The port of the NFS server on this machine's loopback. */
    public Builder serverPort(int value) {
      serverPort = value;
      return this;
    }

    /** A port of this machine's loopback that is the guest's port 2049. */
    public Builder forwardedPort(int value) {
      forwardedPort = value;
      return this;
    }

    /** A further disk, /dev/vdc and so on, as QEMU's {@code -drive} names it. */
    public Builder drive(String description) {
      drives.add(description);
      return this;
    }

    public Builder memoryMib(int value) {
      memoryMib = value;
      return this;
    }

    /** Protocol version for the mount, such as {@code 4.1}. */
    public Builder mountVersion(String value) {
      mountVersion = value;
      return this;
    }

    /**
     * How much more than in CI the workloads do; by default what {@code ATOLL_SCALE} says in the
     * environment.
     */
    public Builder scale(int value) {
      scale = Integer.toString(value);
      return this;
    }

    /** One of {@code src/test/guest/jobs}, with its arguments. */
    public Builder job(String script, String... arguments) {
      job.clear();
      job.add("./jobs/" + script);
      job.addAll(List.of(arguments));
      return this;
    }

    /** Boots the guest; it runs when this returns, but has not yet got far. */
    public LinuxGuest start() throws InterruptedException {
      Path image = GuestImage.locate();
      try {
        Files.createDirectories(GuestImage.LOGS);
        Path console = GuestImage.LOGS.resolve(label + ".log");
        Files.deleteIfExists(console);
        ProcessBuilder boot =
            new ProcessBuilder(
                GuestImage.SCRIPTS.resolve("boot").toString(),
                image.toString(),
                name,
                packJob().toString(),
                console.toString());
        boot.environment().put("ATOLL_GUEST_MEMORY_MIB", Integer.toString(memoryMib));
        boot.environment().put("ATOLL_GUEST_LIMIT_SECONDS", Long.toString(LIFE_MOST.toSeconds()));
        boot.environment().put("ATOLL_GUEST_DRIVES", String.join(" ", drives));
        if (forwardedPort != 0) {
          boot.environment().put("ATOLL_GUEST_FORWARD", Integer.toString(forwardedPort));
        }
        boot.redirectError(GuestImage.LOGS.resolve(label + ".qemu.log").toFile());
        return new LinuxGuest(label, console, boot.start());
      } catch (IOException e) {
        throw new UncheckedIOException("starting guest " + label, e);
      }
    }

    private Path packJob() throws IOException, InterruptedException {
      Path directory = Files.createDirectories(GuestImage.LOGS.resolve(label + ".job"));
      Path run = directory.resolve("run");
      Files.writeString(
          run,
          """
          #!/bin/bash
          export ATOLL_PORT=%d ATOLL_SCALE=%s ATOLL_VERSION=%s
          exec %s
          """
              .formatted(serverPort, scale, mountVersion, String.join(" ", job)));
      Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path tar = directory.resolve("job.tar");
      Process packing =
          new ProcessBuilder(
                  "tar",
                  "-cf",
                  tar.toString(),
                  "-C",
                  GuestImage.SCRIPTS.toString(),
                  "jobs",
                  "workloads",
                  "-C",
                  directory.toString(),
                  "run")
              .inheritIO()
              .start();
      if (packing.waitFor() != 0) {
        throw new IOException("tar could not write " + tar);
      }
      return tar;
    }
  }
}
