package io.atoll.perf.bench.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** The harness's clients, writing as fast as a server lets them until they are not wanted. */
public final class TierLoad implements AutoCloseable {
  private static final int LONGEST_SECONDS = 24 * 3600;

  private final Thread thread;
  private final StringWriter said = new StringWriter();

  private TierLoad(InetSocketAddress server) {
    CommandLine bench =
        BenchCommand.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    String url = "nfs://127.0.0.1:" + server.getPort() + "/";
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("tier-load")
            .start(() ->
                bench.execute(
                    url,
                    "--workload=seq-write",
                    "--connections=2",
                    "--depth=8",
                    "--block-size=128k",
                    "--files=2",
                    "--file-size=16m",
                    "--hang-after=120s",
                    "--ramp-up=0ms",
                    "--time=" + LONGEST_SECONDS + "s"));
  }

  /** Begins. */
  public static TierLoad on(InetSocketAddress server) {
    return new TierLoad(server);
  }

  /** Sees that it goes. */
  public void checkAlive() {
    if (!thread.isAlive()) {
      throw new IllegalStateException("the load ended: " + said);
    }
  }

  /** What it has said so far. */
  public String said() {
    return said.toString();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
