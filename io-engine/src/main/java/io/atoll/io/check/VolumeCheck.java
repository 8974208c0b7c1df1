package io.atoll.io.check;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.disk.DiskException;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.LayeredIndex;
import io.atoll.io.index.RocksDbImage;
import io.atoll.io.index.ScratchException;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogDamage;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.NewerLogException;
import io.atoll.io.log.ScannedGroup;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.RegionSize;
import io.atoll.io.volume.IndexKeys;
import io.atoll.io.volume.LastGroupCheck;
import io.atoll.io.volume.LogRecovery;
import io.atoll.io.volume.RecordBatch;
import io.atoll.io.volume.Superblock;
import io.atoll.io.volume.VolumeFiles;
import io.atoll.io.volume.VolumeOpenException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads a volume at rest as its recovery would, with the same code where it only reads, and says
 * what is wrong instead of giving up at the first fault. One use, by one thread that may block.
 */
final class VolumeCheck implements AutoCloseable {

  private static final long INDEX_CACHE_BYTES = 64L << 20;

  private final Path folder;
  private final Scratch scratch;
  private final Findings findings;
  private final ByteBuf window = AlignedMemory.allocate(GroupCodec.MAX_GROUP_BYTES);
  private final List<ImageFile> logFiles = new ArrayList<>();
  private final List<LogSegment> segments = new ArrayList<>();

  /** Does the reads that futures wait for. */
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("atoll-check").factory());

  private Superblock superblock;
  private ImageFile extents;
  private LayeredIndex index;

  VolumeCheck(Path folder, Scratch scratch, Findings findings) {
    this.folder = folder;
    this.scratch = scratch;
    this.findings = findings;
  }

  /** The volume, or null if there is nothing to go on with. */
  VolumeImage open() {
    if (isUnfinished()) {
      findings.add(
          Kind.HARMLESS,
          Superblock.UNFINISHED_NAME,
          "the creation was not finished, and nothing can be in it; the next start makes the volume"
              + " anew");
      return null;
    }
    readSuperblock();
    openExtents();
    openIndex();
    if (superblock != null) {
      openSegments();
      if (index != null) {
        readLog();
      }
    }
    if (index == null) {
      extents.close();
      return null;
    }
    return new VolumeImage(index, extents, loadSpace());
  }

  private void fault(String place, String what) {
    findings.add(Kind.STORE, place, what);
  }

  private boolean isUnfinished() {
    return Files.exists(folder.resolve(Superblock.UNFINISHED_NAME))
        && !Files.exists(folder.resolve(Superblock.NAME));
  }

  private void readSuperblock() {
    String name = Superblock.NAME;
    if (!Files.exists(folder.resolve(name))) {
      fault(name, "it is missing, so the log can't be read");
      return;
    }
    try (ImageFile file = ImageFile.open(folder, name, reader)) {
      superblock = SuperblockImage.read(file, window);
      if (superblock.otherCopyLost(window)) {
        findings.add(
            Kind.HARMLESS,
            name + " at offset " + superblock.otherOffsetBytes(),
            "this copy is damaged; the other one is whole, and the next start writes both");
      }
    } catch (VolumeOpenException e) {
      fault(folder.toString(), e.getMessage());
    } catch (IOException e) {
      fault(name, e.getMessage());
    }
  }

  private void openExtents() {
    try {
      extents = ImageFile.open(folder, VolumeFiles.EXTENTS, reader);
    } catch (IOException e) {
      fault(VolumeFiles.EXTENTS, e.getMessage());
      extents = ImageFile.absent(VolumeFiles.EXTENTS);
    }
  }

  private void openIndex() {
    RocksDbImage image;
    try {
      image = RocksDbImage.open(folder.resolve(VolumeFiles.INDEX), INDEX_CACHE_BYTES);
    } catch (IndexException e) {
      fault(VolumeFiles.INDEX, e.getMessage());
      return;
    }
    index = new LayeredIndex(image, scratch.index("replayed"));
    try {
      image.verifyTables();
      byte[] identity = index.get(IndexKeys.identity());
      if (superblock != null && !Arrays.equals(identity, superblock.indexIdentity())) {
        fault(
            VolumeFiles.INDEX,
            identity == null
                ? "it says nothing of the volume that it belongs to"
                : "it belongs to another volume, or was written by another version of Atoll");
      }
    } catch (IndexException e) {
      fault(VolumeFiles.INDEX, e.getMessage());
    }
  }

  private void openSegments() {
    for (int number = 0; ; number++) {
      String name = LogSegment.name(number);
      ImageFile file = ImageFile.absent(name);
      if (Files.exists(folder.resolve(name))) {
        try {
          file = ImageFile.open(folder, name, reader);
        } catch (IOException e) {
          fault(name, e.getMessage());
        }
        if (file.lengthBytes() != superblock.logSegmentBytes()) {
          fault(
              name,
              "it has "
                  + file.lengthBytes()
                  + " bytes; a segment of this volume has "
                  + superblock.logSegmentBytes());
        }
      } else if (number < superblock.logSegments()) {
        fault(name, "it is missing: the log has " + superblock.logSegments() + " segments");
      } else {
        return;
      }
      logFiles.add(file);
      segments.add(new LogSegment(name, file));
    }
  }

  /** Replays the log over the index, in the scratch folder. */
  private void readLog() {
    GroupCodec codec = new GroupCodec(superblock.salt());
    try {
      LogRecovery recovery =
          new LogRecovery(codec, segments, window, new LastGroupCheck(window), extents);
      RecordBatch batches = new RecordBatch(index, RegionSize.STANDARD);
      new LogScanner(codec, segments, window)
          .scan()
          .thenCompose(found ->
              recovery.history(found, index.appliedSequence(), superblock.mark(), this::tellCut))
          .thenCompose(history ->
              recovery.replay(
                  history.groups(),
                  index.appliedSequence(),
                  records -> {
                    batches.replay(records);
                    return CompletableFuture.completedFuture(null);
                  }))
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ScratchException scratchFailed) {
        throw scratchFailed;
      }
      if (!(cause instanceof LogDamage
          || cause instanceof NewerLogException
          || cause instanceof DiskException
          || cause instanceof VolumeOpenException)) {
        throw e;
      }
      fault(
          "log",
          cause.getMessage()
              + "; what follows is said of the volume as record "
              + index.appliedSequence()
              + " had left it");
    }
  }

  /** What a start would cut is left out. */
  private void tellCut(ScannedGroup last, long lostBlock) {
    findings.add(
        Kind.HARMLESS,
        last.place(),
        "the last group of the log will be cut at the next start: block "
            + lostBlock
            + " is not what it says. "
            + LogRecovery.LOST_DATA);
  }

  private SpaceCheck loadSpace() {
    SpaceCheck space = new SpaceCheck(scratch, extents.lengthBytes());
    try (IndexCursor regions = index.cursor(IndexKeys.regionsFrom(), IndexKeys.regionsTo())) {
      while (regions.next()) {
        int number = IndexKeys.regionNumber(regions.key());
        if (!RegionImage.readable(regions.value())) {
          fault(VolumeFiles.INDEX, "region " + number + " has a format that this Atoll can't read");
        } else if (!space.load(number, regions.value())) {
          fault(
              VolumeFiles.EXTENTS + " at offset " + extents.lengthBytes(),
              "the file ends there, but region " + number + " has blocks in use behind it");
        }
      }
    } catch (IndexException e) {
      fault(VolumeFiles.INDEX, e.getMessage());
    }
    return space;
  }

  @Override
  public void close() {
    reader.shutdown();
    logFiles.forEach(ImageFile::close);
    window.release();
  }
}
