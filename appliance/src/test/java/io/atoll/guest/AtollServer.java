package io.atoll.guest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.io.testing.IoUnderTest;
import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The server as its users run it, {@code ./atoll serve --data DIR --nfs HOST:PORT}, in a process of
 * its own.
 */
public final class AtollServer implements ServerUnderTest {
  private static final int ORDERLY_EXIT = 0;

  /** Short, so that grace after a restart and the end of a dead client's locks come soon. */
  private static final int LEASE_SECONDS = 15;

  private int leaseSeconds = LEASE_SECONDS;
  private List<String> options = List.of();

  private Path data;
  private final Path log;
  private final String io;
  private AtollProcess process;

  /**
   * Starts nothing yet, and begins with no data. Ends the test where there is no program to run.
   *
   * @param label names its log and its data directory, {@code LABEL.log} and {@code LABEL.data} in
   *     {@code target/guest}; both stay for a look at what went wrong
   */
  public AtollServer(String label) throws IOException {
    this(label, IoUnderTest.option());
  }

  /**
   * As {@link #AtollServer(String)}.
   *
   * @param io its option for what drives its disks and sockets
   */
  public AtollServer(String label, String io) throws IOException {
    this.io = io;
    assumeTrue(AtollProcess.isAvailable(), "there is no ./atoll to run the server with");
    Files.createDirectories(GuestImage.LOGS);
    log = GuestImage.LOGS.resolve(label + ".log");
    data = GuestImage.LOGS.resolve(label + ".data");
    Files.deleteIfExists(log);
    deleteTree(data);
  }

  /** A port of the loopback that nobody listens on. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for a free port", e);
    }
  }

  /** Another directory for its data, which is as it is. */
  AtollServer data(Path directory) {
    data = directory;
    return this;
  }

  Path dataDirectory() {
    return data;
  }

  /** Further options for the starts to come. */
  AtollServer options(String... further) {
    options = List.of(further);
    return this;
  }

  /** For the starts to come. */
  AtollServer leaseSeconds(int value) {
    leaseSeconds = value;
    return this;
  }

  @Override
  public void launch(int port) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--data=" + data,
                "--nfs=127.0.0.1:" + port,
                io,
                "--lease-seconds=" + leaseSeconds));
    arguments.addAll(options);
    process = AtollProcess.start(arguments.toArray(String[]::new));
  }

  @Override
  public void awaitReady() throws InterruptedException {
    process.awaitReady();
  }

  @Override
  public void killMinus9() {
    process.kill();
    endOfLife("killed");
  }

  @Override
  public void stop() throws InterruptedException {
    process.uncoverLeaks();
    process.terminate();
    int exitCode = process.awaitExit();
    endOfLife("exit code " + exitCode);
    if (exitCode != ORDERLY_EXIT) {
      throw new AssertionError("the server stopped with exit code " + exitCode + "; see " + log);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      killMinus9();
    }
  }

  private void endOfLife(String how) {
    AtollProcess ended = process;
    process = null;
    try (ended) {
      Files.writeString(
          log,
          ended.output() + "\n--- " + how + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + log, e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
