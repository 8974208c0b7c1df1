package io.atoll.cli;

import io.atoll.ApplianceSettings;
import io.atoll.CacheSize;
import io.atoll.ClientRules;
import io.atoll.StartFailure;
import io.atoll.io.runtime.IoMode;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code atoll serve}: one node, in the foreground, until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    description = "Starts a node and serves its file system over NFS, until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped as asked, everything durable",
      "1:a defect of Atoll",
      "2:wrong option or configuration file",
      "3:an address can't be listened on",
      "4:the data directory can't be used, or is in use",
      "5:io_uring is not to be had",
      "6:the store is damaged or of another version",
      "7:the store failed while serving or stopping",
      "130:SIGINT came before anything was begun, or in a salvage",
      "142:the Java heap is full",
      "143:SIGTERM came before anything was begun, or in a salvage"
    })
public final class ServeCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Option(
      names = "--nfs",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:2049",
      converter = HostAndPort.class,
      description = "Where NFS clients connect. Default: ${DEFAULT-VALUE}.")
  private InetSocketAddress nfs;

  @Option(
      names = "--api",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8049",
      converter = ApiAddress.Text.class,
      description =
          "Where the EFS API, health and metrics are asked for over HTTP; 'none' for nowhere. Default:"
              + " ${DEFAULT-VALUE}.")
  private ApiAddress api;

  @Option(
      names = "--io",
      paramLabel = "ring|nio",
      defaultValue = "ring",
      converter = IoModeName.class,
      description =
          "How disks and sockets are driven: io_uring, or NIO and a pool of workers where io_uring"
              + " is forbidden. Default: ${DEFAULT-VALUE}.")
  private IoMode io;

  @Option(
      names = "--loops",
      paramLabel = "N",
      converter = LoopCount.class,
      description =
          "Event loops, over which file systems are spread: 1 to "
              + LoopCount.MAX
              + ". Default: one for each processor, at most "
              + LoopCount.DEFAULT_MAX
              + ".")
  private int loops = LoopCount.byDefault();

  @Option(
      names = "--lease-seconds",
      paramLabel = "N",
      defaultValue = "90",
      converter = LeaseSeconds.class,
      description =
          "How long a client's state outlives its last word; after a restart, clients may reclaim"
              + " theirs for 4 seconds more, and up to twice as long while they do: "
              + LeaseSeconds.MIN
              + " to "
              + LeaseSeconds.MAX
              + ". Default: ${DEFAULT-VALUE}.")
  private int leaseSeconds;

  @Option(
      names = "--cache-bytes",
      paramLabel = "SIZE",
      converter = CacheBytes.class,
      description =
          "Memory for the data that clients read and write, at most, divided among the event loops:"
              + " bytes, or with k, m or g for KiB, MiB or GiB; at least 16m for each loop. Default:"
              + " 256m for each and a quarter of the machine's memory beyond 4g, up to 16 times the"
              + " Java heap.")
  private Long cacheBytes;

  @Option(
      names = "--scrub-bytes-per-second",
      paramLabel = "N",
      defaultValue = "8388608",
      converter = ScrubRate.class,
      description =
          "How fast all blocks are read in the background and compared with their checksums,"
              + " at most; slower while clients are served. 0: not at all."
              + " Default: ${DEFAULT-VALUE}.")
  private long scrubBytesPerSecond;

  @Mixin private ThroughputOptions throughput;

  @Mixin private IdentityOptions identity;

  @Mixin private LimitOptions limits;

  @Mixin private ControlOptions control;

  @Option(
      names = "--salvage",
      description =
          "If the store is damaged so that it does not start: copies what is left of it into a new"
              + " directory, named as the old one with '.salvaged' behind it, lists what is lost,"
              + " and serves that, now and at each later start. Changes nothing of the damaged"
              + " one.")
  private boolean salvage;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      converter = DirectoryPath.class,
      description =
          "Where --salvage keeps what it has to remember, a few hundred bytes a name. Default: the"
              + " system's temporary directory.")
  private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      description =
          "Takes options from a file, one 'name = value' a line with the names above without"
              + " dashes. The command line wins.")
  @SuppressWarnings("UnusedVariable") // ConfigFile has read it ahead of the other options
  private Path config;

  @Option(names = "--verbose", description = "Logs more of what happens.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (verbose) {
      Logging.verbose();
    }
    Path directory = data.directory();
    ApplianceSettings settings =
        new ApplianceSettings(
            directory,
            nfs,
            api.address(),
            io,
            leaseSeconds,
            cacheOfAllLoops(),
            scrubBytesPerSecond,
            throughput.choice(spec.commandLine()),
            new ClientRules(identity.squash(), limits.ofFiles(), limits.ofState()),
            loops,
            control.settings(spec.commandLine()));
    PrintWriter out = spec.commandLine().getOut();
    Path current = salvage ? Salvaged.newest(directory) : directory;
    if (!salvage) {
      Salvaged.refuseIfReplaced(directory);
    } else if (!current.equals(directory)) {
      out.println(current + " was salvaged from " + directory + ", and is served in its place.");
    }
    try {
      return new Node(settings.in(current), out).runUntilStopped();
    } catch (StartFailure failure) {
      if (!salvage || failure.kind() != StartFailure.Kind.STORE || ProcessEnd.isAskedFor()) {
        throw failure;
      }
      out.println(failure.getMessage());
      return new Node(settings.in(salvaged(current, out)), out).runUntilStopped();
    }
  }

  private long cacheOfAllLoops() {
    if (cacheBytes == null) {
      return CacheSize.byDefault(loops);
    }
    if (cacheBytes < loops * CacheSize.LEAST_BYTES_PER_LOOP) {
      throw new ParameterException(
          spec.commandLine(),
          "--cache-bytes "
              + cacheBytes
              + " is too little for "
              + loops
              + " event loops: each wants "
              + CacheSize.LEAST_BYTES_PER_LOOP
              + " at least; give more, or choose fewer loops (--loops)");
    }
    if (cacheBytes > CacheSize.mostForThisHeap()) {
      throw new ParameterException(
          spec.commandLine(),
          "--cache-bytes "
              + cacheBytes
              + " is too much for a Java heap of "
              + Runtime.getRuntime().maxMemory()
              + ", which has room for the tables of "
              + CacheSize.mostForThisHeap()
              + ": give less, or a larger heap (ATOLL_JAVA_OPTS=-Xmx3g does for 64g)");
    }
    return cacheBytes;
  }

  private Path salvaged(Path damaged, PrintWriter out) {
    Path target = Salvaged.of(damaged);
    out.println("Salvaging what is left of it into " + target + ".");
    out.flush();
    SalvageCommand.run(damaged, target, scratch, io, out);
    return target;
  }
}
