package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/**
 * The disks by which other loops than the home loop move a file system's data: its folder, opened
 * once on each. Each disk is confined to its loop; this is confined to the home loop, where all
 * ends are told.
 */
final class LaneDisks {
  private final VertxLoop home;
  private final List<LaneDisk> disks;

  private record LaneDisk(VertxLoop loop, Disk disk) {}

  private LaneDisks(VertxLoop home, List<LaneDisk> disks) {
    this.home = home;
    this.disks = disks;
  }

  /** Of a file system all of whose data its home loop moves. */
  static LaneDisks none(VertxLoop home) {
    return new LaneDisks(home, List.of());
  }

  /**
   * Opens the folder on each of {@code loops}.
   *
   * @param wrap what to put in place of the disks
   * @return fails with a {@link StartFailure}; then all are closed again
   */
  static Future<LaneDisks> open(
      EngineRuntime runtime,
      VertxLoop home,
      List<SocketLoop> loops,
      StorageFacts storage,
      UnaryOperator<Disk> wrap) {
    List<LaneDisk> opened = new ArrayList<>();
    List<Future<Void>> openings = new ArrayList<>();
    for (SocketLoop each : loops) {
      VertxLoop loop = each.loop();
      openings.add(
          on(loop, home, () -> OpenFileSystem.openDisk(runtime, loop, storage).map(wrap))
              .onSuccess(disk -> opened.add(new LaneDisk(loop, disk)))
              .mapEmpty());
    }
    LaneDisks all = new LaneDisks(home, opened);
    return Future.join(openings)
        .map(all)
        .recover(failure -> all.close().transform(closed -> Future.failedFuture(failure)));
  }

  /**
   * Has the volume use them.
   *
   * @return fails with a {@link StartFailure}
   */
  Future<Void> addTo(Volume volume) {
    List<Future<Void>> all = new ArrayList<>();
    for (LaneDisk each : disks) {
      Promise<Void> added = Promise.promise();
      volume.addLane(
          each.loop(),
          each.disk(),
          status -> {
            if (status == VolumeStatus.OK) {
              added.complete();
            } else {
              added.fail(
                  new StartFailure(
                      Kind.DATA_DIRECTORY,
                      "event loop "
                          + each.loop().number()
                          + " can't open the file system's data: the log above says why"));
            }
          });
      all.add(added.future());
    }
    return Future.join(all).mapEmpty();
  }

  /** Closes them, once the volume is closed. Never fails. */
  Future<Void> close() {
    List<Future<Void>> all = new ArrayList<>();
    for (LaneDisk each : disks) {
      all.add(on(each.loop(), home, () -> OpenFileSystem.closeDisk(each.disk())));
    }
    return Future.join(all).otherwiseEmpty().mapEmpty();
  }

  /** Reads and writes that they did, ever; an estimate. */
  long operations() {
    long sum = 0;
    for (LaneDisk each : disks) {
      IoCounters.Snapshot counted = each.disk().counters().snapshot();
      sum += counted.reads() + counted.writes();
    }
    return sum;
  }

  /** What their rings are doing at the moment; an estimate. */
  int operationsInFlight() {
    int sum = 0;
    for (LaneDisk each : disks) {
      sum += each.disk().operationsInFlight();
    }
    return sum;
  }

  /** Does a step on {@code loop}; its end comes on {@code home}. */
  private static <T> Future<T> on(VertxLoop loop, VertxLoop home, Callable<Future<T>> step) {
    Promise<T> end = Promise.promise();
    loop.execute(() ->
        NodeFileSystems.begin(step).onComplete(result -> home.execute(() -> end.handle(result))));
    return end.future();
  }
}
