package io.atoll.guest;

import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The server as its users run it, {@code ./atoll serve --data DIR --nfs HOST:PORT}, in a process of
 * its own.
 */
public final class AtollServer implements ServerUnderTest {
  private static final int ORDERLY_EXIT = 0;

  private final Path data;
  private final Path log;
  private AtollProcess process;

  /**
   * Starts nothing yet. Ends the test where there is no program to run.
   *
   * @param data the data directory, which the server makes
   * @param label names its log, {@code target/guest/LABEL.log}, where all its lives leave their
   *     output
   */
  public AtollServer(Path data, String label) throws IOException {
    if (!AtollProcess.isAvailable()) {
      GuestImage.unavailable("there is no ./atoll to run the server with");
    }
    this.data = data;
    this.log = Files.createDirectories(GuestImage.LOGS).resolve(label + ".log");
    Files.deleteIfExists(log);
  }

  /** A port of the loopback that nobody listens on. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for a free port", e);
    }
  }

  @Override
  public void start(int port) throws InterruptedException {
    process = AtollProcess.start("serve", "--data", data.toString(), "--nfs", "127.0.0.1:" + port);
    process.awaitReady();
  }

  @Override
  public void killMinus9() {
    process.kill();
    endOfLife("killed");
  }

  @Override
  public void stop() throws InterruptedException {
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
}
