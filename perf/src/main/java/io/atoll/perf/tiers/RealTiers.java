package io.atoll.perf.tiers;

import io.atoll.Appliance;
import io.atoll.ApplianceSettings;
import io.atoll.ClientRules;
import io.atoll.ThroughputChoice;
import io.atoll.io.runtime.IoMode;
import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.perf.bench.cli.TierLoad;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The modes on a real node on this machine, under a client that writes as fast as it may; a mode is
 * changed live, by {@code atoll fs update} from another process.
 */
final class RealTiers {
  private static final long MIB = 1L << 20;
  private static final double SETTLE_SECONDS = 2;
  private static final int LEASE_SECONDS = 15;

  /** Twice the lease and some more, at the longest. */
  private static final int MAX_GRACE_SECONDS = 2 * LEASE_SECONDS + 8;

  private static final int LOAD_BEGINS_WITHIN_SECONDS = 60;
  private static final long CACHE_BYTES = 64 * MIB;
  private static final long ELASTIC_MIB = 24;

  /** What bursts while there are credits; and how much longer than one watches there are some. */
  private static final long BURST_MIB = 100;

  private static final long SPARE_CREDIT_SECONDS = 2;
  private static final int CREDITS_SPENT_WITHIN_SECONDS = 120;
  private static final int REMETER_SECONDS = 3600;
  private static final int OWNER_END_BYTES = 5 * Long.BYTES;

  private final Path data;
  private final IoMode io;
  private final double seconds;
  private final PrintWriter progress;
  private final List<Tier> tiers = new ArrayList<>();
  private LedgerSeries series;

  RealTiers(Path data, IoMode io, double seconds, PrintWriter progress) {
    this.data = data;
    this.io = io;
    this.seconds = seconds;
    this.progress = progress;
  }

  List<Tier> run() throws IOException, InterruptedException {
    String name = provisionedAndElastic();
    bursting(name);
    return tiers;
  }

  private Appliance start(ThroughputSettings wanted) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ThroughputLimits limits =
        new ThroughputLimits(
            ThroughputLimits.DEFAULT_CEILING_BYTES_PER_SECOND, ELASTIC_MIB * MIB, 0);
    return Appliance.start(
        new ApplianceSettings(
            data,
            any,
            any,
            io,
            LEASE_SECONDS,
            CACHE_BYTES,
            0,
            new ThroughputChoice(
                PerformanceMode.GENERAL_PURPOSE, wanted, wanted, limits, REMETER_SECONDS),
            ClientRules.DEFAULT));
  }

  private String provisionedAndElastic() throws IOException, InterruptedException {
    Appliance node = start(ThroughputSettings.provisioned(8 * MIB));
    String name = node.facts().fileSystemId().toString();
    series = new LedgerSeries(data.resolve(name).resolve("credits"));
    try (TierLoad load = TierLoad.on(node.facts().nfsAddress())) {
      awaitLoad(load);
      watch("provisioned, 8 MiB/s", 8);
      update(name, "--throughput-mode=provisioned", "--provisioned-mibps=16");
      watch("raised to 16 MiB/s, live", 16);
      update(name, "--throughput-mode=elastic");
      watch("elastic up to " + ELASTIC_MIB + " MiB/s, live", ELASTIC_MIB);
    } finally {
      node.stop();
    }
    return name;
  }

  /** With few credits, so that they run out while one watches. */
  private void bursting(String name) throws IOException, InterruptedException {
    // Bursting must be what the ledger says before its credits are set: elastic spends none.
    start(ThroughputSettings.BURSTING).stop();
    setCredits(name);
    Appliance node = start(ThroughputSettings.BURSTING);
    try (TierLoad load = TierLoad.on(node.facts().nfsAddress())) {
      awaitLoad(load);
      watch("bursting, with " + creditMib() + " MiB of credits to burn", 0);
      if (!series.awaitCreditsSpent(CREDITS_SPENT_WITHIN_SECONDS)) {
        throw new IOException("the credits do not run out: " + load.said());
      }
      watch("bursting, without credits: 1 MiB/s", 1);
    } finally {
      node.stop();
    }
  }

  private long creditMib() {
    return Math.round(BURST_MIB * (SETTLE_SECONDS + seconds + SPARE_CREDIT_SECONDS));
  }

  private void setCredits(String name) throws IOException {
    Path file = data.resolve(name).resolve("credits");
    UUID owner = ownerOf(file);
    if (CreditLedger.open(file, owner) instanceof Opened opened) {
      try (CreditLedger ledger = opened.ledger()) {
        LedgerEntry last = opened.last();
        ledger.write(last.withCredits(new Credits(Metering.thirds(creditMib() * MIB), 0)));
        ledger.sync();
      }
    } else {
      throw new IOException("the ledger " + file + " can't be opened");
    }
  }

  /** As its header says, in its fourth and fifth word. */
  private static UUID ownerOf(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer words = ByteBuffer.allocate(OWNER_END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(words, 0);
      return new UUID(
          words.getLong(OWNER_END_BYTES - 2 * Long.BYTES),
          words.getLong(OWNER_END_BYTES - Long.BYTES));
    }
  }

  /**
   * Waits until the node admits what the load asks for. After a restart that takes a grace period:
   * clients that the node had before were cut off, and may reclaim meanwhile.
   */
  private void awaitLoad(TierLoad load) throws IOException, InterruptedException {
    progress.println("tiers: waiting for the load, a grace period perhaps");
    progress.flush();
    if (!series.awaitAdmission(
        MIB, MAX_GRACE_SECONDS + LOAD_BEGINS_WITHIN_SECONDS, load::checkAlive)) {
      throw new IOException("the node admitted no data: " + load.said());
    }
  }

  private void watch(String name, long expectedMib) throws IOException, InterruptedException {
    progress.println("tiers: " + name);
    progress.flush();
    tiers.add(series.watch(name, (double) (expectedMib * MIB), SETTLE_SECONDS, seconds));
  }

  private void update(String name, String... how) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("update", name));
    arguments.addAll(List.of(how));
    NodeCommands.fs(data, arguments.toArray(String[]::new));
  }
}
