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
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
  private static final long CACHE_BYTES = 64 * MIB;
  private static final long ELASTIC_MIB = 24;
  private static final long CREDIT_MIB = 96;
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
      load.awaitBegun();
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
      load.awaitBegun();
      watch("bursting, with " + CREDIT_MIB + " MiB of credits to burn", 0);
      watch("bursting, without credits: 1 MiB/s", 1);
    } finally {
      node.stop();
    }
  }

  private void setCredits(String name) throws IOException {
    Path file = data.resolve(name).resolve("credits");
    UUID owner = ownerOf(file);
    if (CreditLedger.open(file, owner) instanceof Opened opened) {
      try (CreditLedger ledger = opened.ledger()) {
        LedgerEntry last = opened.last();
        ledger.write(last.withCredits(new Credits(Metering.thirds(CREDIT_MIB * MIB), 0)));
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

  private void watch(String name, long expectedMib) throws IOException, InterruptedException {
    progress.println("tiers: " + name);
    progress.flush();
    tiers.add(series.watch(name, (double) (expectedMib * MIB), SETTLE_SECONDS, seconds));
  }

  private void update(String name, String... how) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--") || each.startsWith("-Dchronicle."))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.atoll.cli.AtollCommand"));
    command.addAll(List.of("fs", "update", name, "--data=" + data));
    command.addAll(List.of(how));
    Process update = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(update.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (update.waitFor() != 0) {
      throw new IOException("atoll fs update failed: " + said.strip());
    }
  }
}
