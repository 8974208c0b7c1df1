package io.atoll.io.volume;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.DiskFutures;
import io.atoll.io.index.Index;
import io.atoll.io.log.DurableMark;
import io.atoll.io.log.LogSegment;
import io.atoll.io.space.RegionImage;
import io.netty.buffer.ByteBuf;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Makes a new volume. The first file made is an unfinished superblock, and the last step gives it
 * its name: so a volume without a superblock is a half-made one if it has an unfinished one, which
 * is then made anew, and otherwise a damaged one if it has a log or extents. Loop-confined.
 */
final class VolumeCreator {

  private static final int FIRST_SEGMENTS = 2;

  private final VolumeEnvironment environment;
  private final VolumeOptions options;
  private final ByteBuf zeros;
  private final Disk disk;
  private final SegmentMaker segments;
  private final Superblock superblock;

  VolumeCreator(VolumeEnvironment environment, VolumeOptions options, ByteBuf zeros) {
    this.environment = environment;
    this.options = options;
    this.zeros = zeros;
    disk = environment.disk();
    segments = new SegmentMaker(disk, zeros, VolumeOpener.ZERO_BYTES);
    superblock =
        new Superblock(
            new UUID(environment.random().nextLong(), environment.random().nextLong()),
            environment.random().nextLong(),
            0,
            0,
            0,
            options.logSegmentBytes(),
            FIRST_SEGMENTS,
            DurableMark.NONE);
  }

  /** Makes all files; the superblock comes back open. */
  CompletableFuture<DiskFile> create() {
    return openUnfinished()
        .thenCompose(file ->
            removeRemains()
                .thenCompose(ignored -> makeIndex())
                .thenCompose(ignored -> makeSegments(0))
                .thenCompose(ignored -> makeExtents())
                .thenCompose(ignored -> finish(file))
                .whenComplete((made, failure) -> {
                  if (failure != null) {
                    DiskFutures.abandon(file);
                  }
                }));
  }

  private CompletableFuture<DiskFile> openUnfinished() {
    return DiskFutures.openIfPresent(disk, Superblock.UNFINISHED_NAME)
        .thenCompose(file ->
            file != null
                ? CompletableFuture.completedFuture(file)
                : refuseIfPresent(LogSegment.name(0))
                    .thenCompose(ignored -> refuseIfPresent(VolumeOpener.EXTENTS_NAME))
                    .thenCompose(ignored ->
                        DiskFutures.open(
                            disk, Superblock.UNFINISHED_NAME, Disk.OpenMode.CREATE_NEW)));
  }

  private CompletableFuture<Void> refuseIfPresent(String name) {
    return DiskFutures.openIfPresent(disk, name)
        .thenCompose(file -> {
          if (file == null) {
            return CompletableFuture.completedFuture(null);
          }
          return DiskFutures.close(file, name)
              .thenApply(ignored -> {
                throw VolumeOpenException.damaged(
                    Superblock.NAME
                        + " is missing, but "
                        + name
                        + " is there: restore it from a backup of the volume, or move the"
                        + " folder away to begin anew");
              });
        });
  }

  private CompletableFuture<Void> removeRemains() {
    CompletableFuture<Void> removed = DiskFutures.removeIfPresent(disk, VolumeOpener.EXTENTS_NAME);
    for (int i = 0; i < FIRST_SEGMENTS; i++) {
      String name = LogSegment.name(i);
      removed = removed.thenCompose(ignored -> DiskFutures.removeIfPresent(disk, name));
    }
    return removed;
  }

  private CompletableFuture<Void> makeIndex() {
    return Steps.onWorker(
        environment,
        () -> {
          try (Index index = environment.index().open(true);
              Index.Batch batch = index.newBatch()) {
            batch.put(IndexKeys.identity(), superblock.indexIdentity());
            index.apply(batch, 0);
            index.flush();
          }
          return null;
        });
  }

  private CompletableFuture<Void> makeSegments(int number) {
    if (number == FIRST_SEGMENTS) {
      return CompletableFuture.completedFuture(null);
    }
    return segments
        .make(number, options.logSegmentBytes())
        .thenCompose(segment -> DiskFutures.close(segment.file(), segment.name()))
        .thenCompose(ignored -> makeSegments(number + 1));
  }

  /** As much as the volume grows by at once, as far as there is room; but something. */
  private CompletableFuture<Void> makeExtents() {
    DiskSpace space = environment.space();
    return Steps.onWorker(
            environment,
            () ->
                space.claim(
                    options.growStepBytes(), RegionImage.UNIT_BYTES, options.diskReserveBytes()))
        .thenCompose(claim ->
            DiskFutures.open(disk, VolumeOpener.EXTENTS_NAME, Disk.OpenMode.CREATE_NEW)
                .thenCompose(
                    file -> allocateFirst(file, Math.max(RegionImage.UNIT_BYTES, claim.bytes())))
                .whenComplete((ignored, failure) -> space.settle(claim.bytes())));
  }

  private CompletableFuture<Void> allocateFirst(DiskFile file, long bytes) {
    return DiskFutures.allocate(file, VolumeOpener.EXTENTS_NAME, 0, bytes)
        .thenCompose(ignored -> DiskFutures.dataSync(file, VolumeOpener.EXTENTS_NAME))
        .whenComplete((ignored, failure) -> DiskFutures.abandon(file))
        .thenAccept(ignored -> {});
  }

  private CompletableFuture<DiskFile> finish(DiskFile unfinished) {
    int bytes = Superblock.SLOTS * Superblock.SLOT_BYTES;
    superblock.encode(zeros);
    return DiskFutures.writeDurably(unfinished, Superblock.UNFINISHED_NAME, zeros, bytes, 0)
        .whenComplete((ignored, failure) -> zeros.setZero(0, bytes))
        .thenCompose(ignored -> DiskFutures.dataSync(unfinished, Superblock.UNFINISHED_NAME))
        .thenCompose(
            ignored -> DiskFutures.rename(disk, Superblock.UNFINISHED_NAME, Superblock.NAME))
        .thenApply(ignored -> unfinished);
  }
}
