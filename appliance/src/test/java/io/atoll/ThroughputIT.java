package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerReader;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import io.atoll.process.ScrapedMetrics;
import io.atoll.process.ScrapedMetrics.Scrape;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Throughput modes, their ledger and what metrics say of them, on the real program. */
@Tag("full")
@EitherIo
class ThroughputIT {
  private static final int MIB = 1 << 20;
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int LOOKUPS = 100;
  private static final Duration LINE_WITHIN = Duration.ofSeconds(60);
  private static final int LOOKS = 600;
  private static final long LOOK_MILLIS = 100;

  @TempDir private Path folder;

  private AtollProcess node;

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private void serve(String... further) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0"));
    arguments.addAll(List.of(further));
    node = AtollProcess.start(arguments.toArray(String[]::new));
    node.awaitReady();
  }

  private Path ledger() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("data"))) {
      return all.filter(each -> each.getFileName().toString().startsWith("fs-"))
          .findFirst()
          .orElseThrow()
          .resolve(FileSystemLedger.FILE);
    }
  }

  private Scrape scrape() throws Exception {
    return ScrapedMetrics.of(node).now();
  }

  private static Stateid create(NfsClient client, String name) throws IOException {
    Reply reply =
        client.call(Requests.putRoot(), Requests.openCreating(name, Requests.BOTH, 0644, -1));
    return reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
  }

  private static XdrBytes[] write(String name, Stateid file, int bytes) {
    return new XdrBytes[] {
      Requests.putRoot(), Requests.lookup(name), Requests.write(file, 0, new byte[bytes])
    };
  }

  private static LedgerEntry awaitEntry(LedgerReader reader, Predicate<LedgerEntry> wanted)
      throws InterruptedException {
    for (int i = 0; i < LOOKS; i++) {
      LedgerEntry entry = reader.read();
      if (entry != null && wanted.test(entry)) {
        return entry;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    throw new AssertionError("the ledger's last entry is " + reader.read());
  }

  @Test
  void creditsGoOnAfterAKillAndATornLedgerBeginsWithoutAny() throws Exception {
    serve("--throughput-mode=bursting");
    long spent;
    try (NfsClient client = new NfsClient(node.nfsPort(), "spender", 8)) {
      Stateid file = create(client, "file");
      client.pipeline(
          64, 4, number -> write("file", file, BLOCK_BYTES), reply -> reply.is(Nfs4Status.OK));
      spent = 64L * BLOCK_BYTES;
    }
    LedgerEntry last;
    try (LedgerReader reader = LedgerReader.open(ledger())) {
      last = awaitEntry(reader, entry -> entry.admittedThirds() >= 3 * spent);
      node.kill();
      last = reader.read();
    }
    assertTrue(
        last.credits().thirds() < Credits.INITIAL.thirds() - 2 * spent,
        "nothing was spent: " + last.credits());
    node.close();

    serve();
    try (LedgerReader reader = LedgerReader.open(ledger())) {
      LedgerEntry after = reader.read();
      assertEquals(ThroughputSettings.BURSTING, after.settings(), "the mode is forgotten");
      assertTrue(after.credits().thirds() >= last.credits().thirds(), "credits were lost");
      assertTrue(
          after.credits().thirds() < Credits.INITIAL.thirds() - spent, "credits were invented");
    }
    AtollProcess top = AtollProcess.start("top", "--once", "--data=" + folder.resolve("data"));
    try (top) {
      assertEquals(0, top.awaitExit(), top.output());
      assertTrue(top.output().contains("bursting"), top.output());
      assertTrue(top.output().contains("100.00 MiB/s"), top.output());
    }
    node.kill();
    node.close();

    byte[] torn = Files.readAllBytes(ledger());
    torn[600] ^= 1;
    torn[1100] ^= 1;
    Files.write(ledger(), torn);
    serve();
    node.awaitLine(
        line -> line.contains("has no whole entry") && line.contains("it was rebuilt"),
        LINE_WITHIN);
    Scrape metrics = scrape();
    assertEquals(0, metrics.value("atoll_burst_credit_balance_bytes"), metrics.text());
  }

  /** Each is moved by what it names. */
  @Test
  void metricsTellWhatALoadedNodeDoes() throws Exception {
    serve("--throughput-mode=provisioned", "--provisioned-mibps=4", "--remeter-seconds=1");
    try (NfsClient client = new NfsClient(node.nfsPort(), "loader", 16)) {
      Stateid file = create(client, "file");
      client.pipeline(
          96,
          16,
          number ->
              switch (number % 3) {
                case 0 -> write("file", file, 2 * BLOCK_BYTES);
                case 1 ->
                    new XdrBytes[] {
                      Requests.putRoot(),
                      Requests.lookup("file"),
                      Requests.read(file, 0, BLOCK_BYTES)
                    };
                default -> new XdrBytes[] {Requests.putRoot(), Requests.lookup("file")};
              },
          reply -> reply.is(Nfs4Status.OK));
      scrape(); // A request is counted when it has been answered.
      Scrape metrics = awaitSample();
      for (String name :
          List.of(
              "atoll_file_system_up",
              "atoll_permitted_throughput_bytes_per_second",
              "atoll_burst_credit_balance_bytes",
              "atoll_storage_bytes",
              "atoll_data_read_io_bytes_total",
              "atoll_data_read_io_requests_total",
              "atoll_data_write_io_bytes_total",
              "atoll_data_write_io_requests_total",
              "atoll_metadata_io_bytes_total",
              "atoll_metadata_io_requests_total",
              "atoll_total_io_bytes_total",
              "atoll_metered_io_bytes_total",
              "atoll_client_connections",
              "atoll_leases",
              "atoll_sessions",
              "atoll_opens",
              "atoll_stateids",
              "atoll_admission_queued_requests_total",
              "atoll_admission_wait_seconds_count",
              "atoll_admission_wait_seconds_sum",
              "atoll_nfs_operation_duration_seconds_count",
              "atoll_durability_wait_seconds_count",
              "atoll_log_commit_duration_seconds_count",
              "atoll_log_commit_duration_seconds_sum",
              "atoll_cache_blocks_found_total",
              "atoll_cache_hit_ratio",
              "atoll_index_batches_total",
              "atoll_loop_busy_seconds_total",
              "vertx_http_server_requests_total")) {
        assertTrue(metrics.value(name) > 0, name + " has not moved:\n" + metrics.text());
      }
      assertEquals(4 * MIB, metrics.value("atoll_permitted_throughput_bytes_per_second"));
      assertEquals(32.0 * 2 * BLOCK_BYTES, metrics.value("atoll_data_write_io_bytes_total"));
      assertTrue(metrics.text().contains("operation=\"WRITE\""), metrics.text());
      assertTrue(
          metrics.text().contains("atoll_credits_run_out_seconds{file_system=\"fs-"),
          metrics.text());
    }
  }

  /** What only the loop knows is put down once a second. */
  private Scrape awaitSample() throws Exception {
    for (int i = 0; i < LOOKS; i++) {
      Scrape metrics = scrape();
      if (metrics.value("atoll_data_read_io_requests_total") == 32
          && metrics.value("atoll_storage_bytes") > 2 * BLOCK_BYTES) {
        return metrics;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    throw new AssertionError("the sample did not come:\n" + scrape().text());
  }

  /** Without fairness each lookup would wait for a large write: counted, not timed. */
  @Test
  void largeWritesDoNotSlowAnothersLookupsBeyondItsShare() throws Exception {
    serve("--throughput-mode=provisioned", "--provisioned-mibps=8");
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong written = new AtomicLong();
    try (NfsClient greedy = new NfsClient(node.nfsPort(), "greedy", 16);
        NfsClient modest = new NfsClient(node.nfsPort(), "modest", 1)) {
      Stateid file = create(greedy, "large");
      Thread load =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!done.get()) {
                    greedy.pipeline(
                        16,
                        16,
                        number -> write("large", file, MIB),
                        reply -> {
                          reply.is(Nfs4Status.OK);
                          written.incrementAndGet();
                        });
                  }
                } catch (IOException e) {
                  throw new AssertionError("a throttled client met an error", e);
                }
              });
      while (written.get() < 2) {
        Thread.sleep(LOOK_MILLIS);
      }
      long before = written.get();
      for (int i = 0; i < LOOKUPS; i++) {
        modest.call(Requests.putRoot(), Requests.lookup("large")).is(Nfs4Status.OK);
      }
      long meanwhile = written.get() - before;
      done.set(true);
      load.join();
      assertTrue(
          meanwhile < LOOKUPS / 2,
          LOOKUPS + " lookups took as long as " + meanwhile + " MiB of another client");
    }
  }

  @Test
  void aModeThatCanNotBeIsRefusedByName() throws Exception {
    assertRefused(
        "ThroughputMode elastic: not with PerformanceMode maxIO",
        "--throughput-mode=elastic",
        "--performance-mode=maxIO");
    assertRefused(
        "--throughput-mode=provisioned: wants --provisioned-mibps=N",
        "--throughput-mode=provisioned");
  }

  private void assertRefused(String message, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("serve", "--data=" + folder.resolve("data")));
    arguments.addAll(List.of(options));
    try (AtollProcess refused = AtollProcess.start(arguments.toArray(String[]::new))) {
      assertEquals(2, refused.awaitExit(), refused.output());
      assertTrue(refused.output().contains(message), refused.output());
    }
  }
}
