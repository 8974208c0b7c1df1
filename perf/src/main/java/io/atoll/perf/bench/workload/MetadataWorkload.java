package io.atoll.perf.bench.workload;

import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.perf.bench.client.NfsFiles;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Loads of names and attributes, in directories of a given size. */
final class MetadataWorkload implements Workload {
  /** What Linux asks for when it looks at a file. */
  static final Bitmap4 LINUX_ATTRIBUTES =
      Bitmap4.of(
          Attribute.TYPE,
          Attribute.CHANGE,
          Attribute.SIZE,
          Attribute.FSID,
          Attribute.FILEID,
          Attribute.MODE,
          Attribute.NUMLINKS,
          Attribute.OWNER,
          Attribute.OWNER_GROUP,
          Attribute.RAWDEV,
          Attribute.SPACE_USED,
          Attribute.TIME_ACCESS,
          Attribute.TIME_METADATA,
          Attribute.TIME_MODIFY,
          Attribute.MOUNTED_ON_FILEID);

  private static final int WIDTH = 16;

  private final Fleet fleet;
  private final LoadSettings settings;
  private Entries entries;
  private final AtomicInteger removed = new AtomicInteger();
  private int lanesMade;

  /** Names that lanes rename, to and fro: which of the two is there now. */
  private final boolean[][] renamed;

  MetadataWorkload(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    entries = new Entries(fleet, fleet.directory());
    renamed = new boolean[fleet.size()][settings.depth()];
  }

  @Override
  public List<String> kinds() {
    return switch (settings.workload()) {
      case CREATE -> List.of("create");
      case CREATE_REMOVE -> List.of("create", "remove");
      case REMOVE -> List.of("remove");
      case RENAME -> List.of("rename");
      case STAT -> List.of("stat");
      case LOOKUP -> List.of("lookup");
      default -> List.of("readdir");
    };
  }

  @Override
  public CompletableFuture<Void> prepare() {
    if (settings.workload() == WorkloadName.CREATE) {
      return CompletableFuture.completedFuture(null); // before each run
    }
    CompletableFuture<Void> made = entries.makeDirectories();
    if (settings.workload() == WorkloadName.RENAME) {
      made = made.thenCompose(done -> makeRenamed());
    }
    // What is removed is made before each run.
    return settings.workload() == WorkloadName.REMOVE
        ? made
        : made.thenCompose(done -> entries.makeFiles());
  }

  private CompletableFuture<Void> makeRenamed() {
    return NfsFiles.inParallel(
        fleet.size(),
        WIDTH,
        client -> {
          NfsFiles calls = fleet.client(client).files();
          return NfsFiles.inParallel(
              settings.depth(),
              WIDTH,
              lane ->
                  calls
                      .create(
                          entries.directory(directoryOf(client, lane)),
                          RenameLane.name(client, lane, false))
                      .thenCompose(calls::close));
        });
  }

  private int directoryOf(int client, int lane) {
    return (client * settings.depth() + lane) % entries.directories();
  }

  @Override
  public CompletableFuture<Void> beforeRun(int round) {
    return switch (settings.workload()) {
      case CREATE -> makeDirectories(round);
      case REMOVE -> makeWhatIsRemoved();
      default -> CompletableFuture.completedFuture(null);
    };
  }

  /** New ones, or each round would work in larger directories. */
  private CompletableFuture<Void> makeDirectories(int round) {
    return fleet
        .client(0)
        .files()
        .makeDirectory(fleet.directory(), "round-" + round)
        .thenCompose(parent -> {
          entries = new Entries(fleet, parent);
          return entries.makeDirectories();
        })
        .thenCompose(made -> entries.makeFiles());
  }

  private CompletableFuture<Void> makeWhatIsRemoved() {
    // Those that the last run left are in the way.
    int left = Math.min(removed.get(), entries.count());
    return NfsFiles.inParallel(
            lanesMade == 0 ? 0 : entries.count() - left,
            WIDTH,
            i ->
                fleet
                    .client(0)
                    .files()
                    .remove(entries.directoryOf(left + i), Entries.name(left + i)))
        .thenCompose(done -> {
          removed.set(0);
          return entries.makeFiles();
        });
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    lanesMade++;
    var slot = fleet.client(client).slots().get(lane);
    SeededRandom random = fleet.randomOf(round, client, lane);
    return switch (settings.workload()) {
      case CREATE, CREATE_REMOVE ->
          new CreateLane(
              slot,
              entries.directory(directoryOf(client, lane)),
              "new-" + lanesMade + "-" + client + "-" + lane + "-",
              settings.workload() == WorkloadName.CREATE_REMOVE);
      case REMOVE -> new RemoveLane(slot, entries, removed);
      case RENAME ->
          new RenameLane(
              slot, entries.directory(directoryOf(client, lane)), client, lane, renamed[client]);
      case STAT, LOOKUP ->
          new LookLane(slot, entries, random, settings.workload() == WorkloadName.LOOKUP);
      default -> new ReadDirectoryLane(slot, entries, random);
    };
  }
}
