package io.atoll.perf.bench.cli;

import io.atoll.perf.bench.client.Stability;
import io.atoll.perf.bench.workload.FileShape;
import io.atoll.perf.bench.workload.LoadSettings;
import io.atoll.perf.bench.workload.WorkloadName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * What says what a load is: options of the command line, and by the same names keys of a scenario.
 */
final class LoadOptions {
  private static final int CONNECTIONS_MAX = 10_000;
  private static final int DEPTH_MAX = 1024;
  private static final int BLOCK_BYTES_MIN = 32;
  private static final int BLOCK_BYTES_MAX = 4 << 20;
  private static final int FILES_MAX = 4_000_000;
  private static final int SMALL_BLOCK_BYTES = 4 << 10;
  private static final int LARGE_BLOCK_BYTES = 1 << 20;
  private static final int APPEND_BYTES = 512;
  private static final long LARGE_FILE_BYTES = 64L << 20;
  private static final long SMALL_FILE_BYTES = 4 << 10;
  private static final int LARGE_FILES_MAX = 8;
  private static final int SMALL_FILES = 2000;
  private static final int COMMIT_EVERY = 64;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "What to do; several with commas, one after the other, or 'all'.")
  private List<String> workloads = List.of("rand-read");

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Connections, each of a client of its own. Default: 1.")
  private int connections = 1;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Requests in flight on each connection. Default: 1.")
  private Integer depth;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description =
          "Requests in flight on all connections together, which take turns: so that many"
              + " connections can be compared with few. Default: all that --depth allows.")
  private Integer inFlight;

  @Option(
      names = "--shared-session",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "All connections are of one client, with one session.")
  private boolean sharedSession;

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      converter = Amount.Bytes.class,
      description = "Of a read or write. Default: 4k; 1m for seq-*, 512 for append.")
  private Long blockBytes;

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      converter = Amount.Bytes.class,
      description = "Of each file. Default: 64m; 4k for small-*.")
  private Long fileBytes;

  @Option(
      names = "--files",
      paramLabel = "N",
      description =
          "How many files. Default: one a connection, up to 8; 2000 for small-*; one for each"
              + " request in flight for append. With fewer files than connections, several share"
              + " one.")
  private Integer files;

  @Option(
      names = "--working-set",
      paramLabel = "SIZE",
      converter = Amount.Bytes.class,
      description = "How much of all files together is touched. Default: all.")
  private long workingSetBytes;

  @Option(
      names = "--directories",
      paramLabel = "N",
      description = "Directories for metadata workloads. Default: 1.")
  private int directories = 1;

  @Option(
      names = "--directory-size",
      paramLabel = "N",
      description = "Entries in each of them beforehand. Default: 1000.")
  private int directoryEntries = 1000;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description =
          "Sizes and directories of small files: uniform, web, node-modules, git-checkout."
              + " Default: uniform.")
  private String shape = FileShape.UNIFORM.text();

  @Option(
      names = "--read-percent",
      paramLabel = "N",
      description = "Share of reads in the workload mixed. Default: 70.")
  private int readPercent = 70;

  @Option(
      names = "--stable",
      paramLabel = "unstable|data|file",
      description =
          "How durable a WRITE is to be before its answer. Default: file; unstable for seq-write.")
  private String stable;

  @Option(
      names = "--commit-every",
      paramLabel = "N",
      description = "Unstable writes of a connection between two COMMITs. Default: 64.")
  private int commitEvery = COMMIT_EVERY;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Operations due each second, whatever the server does. Default: as many as it answers.")
  private double ratePerSecond;

  @Option(
      names = "--ramp-up",
      paramLabel = "TIME",
      converter = Amount.Nanos.class,
      description = "Load that does not count yet, and rises meanwhile. Default: 1s.")
  private long rampUpNanos = 1_000_000_000L;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = Amount.Nanos.class,
      description = "What counts. Default: 10s.")
  private long timeNanos = 10_000_000_000L;

  @Option(names = "--seed", paramLabel = "N", description = "Of all that is random. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--verify",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Each block carries its file, offset, generation and checksum, which are checked.")
  private boolean verify;

  /**
   * The loads that these options mean.
   *
   * @throws IllegalArgumentException if they can't be; the message names the option
   */
  List<LoadSettings> settings() {
    List<LoadSettings> all = new ArrayList<>();
    List<WorkloadName> names = new ArrayList<>();
    for (String text : workloads) {
      if (text.equals("all")) {
        names.addAll(List.of(WorkloadName.values()));
      } else {
        names.add(WorkloadName.ofText(text));
      }
    }
    for (WorkloadName name : names) {
      LoadSettings settings = settings(name);
      check(settings);
      all.add(settings);
    }
    return all;
  }

  private LoadSettings settings(WorkloadName name) {
    boolean small = name == WorkloadName.SMALL_READ || name == WorkloadName.SMALL_WRITE;
    int block =
        switch (name) {
          case SEQ_READ, SEQ_WRITE -> LARGE_BLOCK_BYTES;
          case APPEND -> APPEND_BYTES;
          default -> SMALL_BLOCK_BYTES;
        };
    if (blockBytes != null) {
      require(blockBytes, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX, "--block-size");
      block = blockBytes.intValue();
    }
    require(connections, 1, CONNECTIONS_MAX, "--connections");
    int depthEach = depth();
    int fileCount =
        name == WorkloadName.APPEND
            ? connections * depthEach
            : small ? SMALL_FILES : Math.min(connections, LARGE_FILES_MAX);
    return new LoadSettings(
        name,
        connections,
        depthEach,
        inFlight == null ? connections * depthEach : inFlight,
        sharedSession,
        block,
        fileBytes != null ? fileBytes : small ? SMALL_FILE_BYTES : LARGE_FILE_BYTES,
        files != null ? files : fileCount,
        workingSetBytes,
        directories,
        directoryEntries,
        shapeOf(shape),
        readPercent,
        stability(name),
        commitEvery,
        ratePerSecond,
        name == WorkloadName.REMOVE ? 0 : rampUpNanos, // what is removed is gone
        timeNanos,
        seed,
        verify);
  }

  /** As it is given, or what {@code --in-flight} needs of each connection. */
  private int depth() {
    if (inFlight != null) {
      require(inFlight, 1, (long) connections * DEPTH_MAX, "--in-flight");
    }
    if (depth == null) {
      return inFlight == null ? 1 : (inFlight + connections - 1) / connections;
    }
    require(depth, 1, DEPTH_MAX, "--depth");
    if (inFlight != null) {
      require(inFlight, 1, (long) connections * depth, "--in-flight, of all that --depth allows,");
    }
    return depth;
  }

  private static FileShape shapeOf(String text) {
    for (FileShape each : FileShape.values()) {
      if (each.text().equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "--shape '" + text + "' is none of uniform, web, node-modules, git-checkout");
  }

  private Stability stability(WorkloadName name) {
    if (stable == null) {
      return name == WorkloadName.SEQ_WRITE ? Stability.UNSTABLE : Stability.FILE_SYNC;
    }
    return switch (stable.toLowerCase(Locale.ROOT)) {
      case "unstable" -> Stability.UNSTABLE;
      case "data" -> Stability.DATA_SYNC;
      case "file" -> Stability.FILE_SYNC;
      default ->
          throw new IllegalArgumentException(
              "--stable '" + stable + "' is none of unstable, data, file");
    };
  }

  private static void check(LoadSettings load) {
    require(load.files(), 1, FILES_MAX, "--files");
    require(load.directories(), 1, FILES_MAX, "--directories");
    require(load.directoryEntries(), 0, FILES_MAX, "--directory-size");
    require(
        (long) load.directories() * load.directoryEntries(),
        0,
        FILES_MAX,
        "--directories times --directory-size");
    require(load.readPercent(), 0, 100, "--read-percent");
    require(load.commitEvery(), 0, Integer.MAX_VALUE, "--commit-every");
    require(load.timeNanos(), 1_000_000, Long.MAX_VALUE / 4, "--time (in nanoseconds)");
    require(load.rampUpNanos(), 0, Long.MAX_VALUE / 4, "--ramp-up (in nanoseconds)");
    if (!(load.ratePerSecond() >= 0) || load.ratePerSecond() > 1e9) {
      throw new IllegalArgumentException(
          "--rate " + load.ratePerSecond() + " is not between 0 and 1000000000");
    }
    switch (load.workload()) {
      case SEQ_READ, SEQ_WRITE, RAND_READ, RAND_WRITE, MIXED -> checkBlocks(load);
      case STAT, LOOKUP, REMOVE ->
          require(load.directoryEntries(), 1, FILES_MAX, "--directory-size");
      case SMALL_READ, SMALL_WRITE ->
          require(load.fileBytes(), 0, Integer.MAX_VALUE / 2, "--file-size");
      default -> {}
    }
  }

  /** A block has one write in flight, so there must be blocks enough for all lanes. */
  private static void checkBlocks(LoadSettings load) {
    if (load.fileBytes() < load.blockBytes()) {
      throw new IllegalArgumentException(
          "--file-size " + load.fileBytes() + " is less than a block of " + load.blockBytes());
    }
    require(
        load.fileBytes() / load.blockBytes(), 1, 1 << 28, "the number of blocks in --file-size");
    long perFile = load.workingBlocksPerFile();
    long sharing = Math.max(1, (load.connections() + load.files() - 1) / load.files());
    long blocks = perFile * Math.max(1, load.files() / load.connections());
    long needed = 2L * load.depth() * sharing;
    boolean writes =
        switch (load.workload()) {
          case SEQ_WRITE, RAND_WRITE, MIXED -> true;
          default -> false;
        };
    if (writes && blocks < needed) {
      throw new IllegalArgumentException(
          "--file-size and --working-set leave "
              + blocks
              + " blocks to a connection, and --depth "
              + load.depth()
              + " needs "
              + needed
              + ": each block has one write in flight");
    }
  }

  private static void require(long value, long least, long most, String option) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " " + value + " is not between " + least + " and " + most);
    }
  }
}
