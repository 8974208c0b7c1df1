package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.run.StoppedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server's process, started here and ended by its process ID. It has a session of its own, so
 * that Ctrl-C at the terminal reaches the harness alone, which ends it in order; and the kernel
 * ends it if the harness is killed. For one thread.
 */
final class ServerProcess implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 20;
  private static final long KILL_SECONDS = 10;
  private static final long LOOK_MILLIS = 20;
  private static final int CONNECT_MILLIS = 1000;

  private final PeerKind kind;
  private final Process process;
  private final Path log;

  private ServerProcess(PeerKind kind, Process process, Path log) {
    this.kind = kind;
    this.process = process;
    this.log = log;
  }

  /** A port of loopback that nobody has at the moment. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param log takes what it says
   * @throws PeerUnavailableException if it does not come up; the message has its last word
   */
  static ServerProcess start(PeerKind kind, List<String> command, Path log, int port) {
    List<String> all = new ArrayList<>();
    Commands.find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
    Commands.find("setpriv")
        .ifPresent(setpriv -> all.addAll(List.of(setpriv.toString(), "--pdeathsig", "TERM", "--")));
    all.addAll(command);
    ServerProcess started;
    try {
      started =
          new ServerProcess(
              kind,
              new ProcessBuilder(all)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                  .start(),
              log);
    } catch (IOException e) {
      throw new PeerUnavailableException(kind, e.getMessage());
    }
    try {
      started.awaitListening(port);
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private void awaitListening(int port) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!listens(port)) {
      if (!process.isAlive()) {
        throw new PeerUnavailableException(
            kind, "it ended with exit code " + process.exitValue() + ": " + lastWord());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new PeerUnavailableException(
            kind, "it does not listen after " + START_SECONDS + " s: " + lastWord());
      }
      try {
        process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException();
      }
    }
  }

  private static boolean listens(int port) {
    try (Socket probe = new Socket()) {
      probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String lastWord() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> !line.isBlank())
          .reduce((first, second) -> second)
          .map(String::strip)
          .orElse("it said nothing");
    } catch (IOException e) {
      return "its log can't be read";
    }
  }

  long pid() {
    return process.pid();
  }

  /** How it ended if nobody asked it to, in words; null if it has not. */
  String unexpectedEnd() {
    try {
      if (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    return kind.text()
        + " (process "
        + process.pid()
        + ") ended by itself with exit code "
        + process.exitValue()
        + ": "
        + lastWord();
  }

  /** What it said. */
  Path log() {
    return log;
  }

  /** Asks it to stop, and waits; one that does not is killed. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      process.destroy();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends it at once, from any thread. */
  void killAtOnce() {
    process.destroyForcibly();
  }
}
