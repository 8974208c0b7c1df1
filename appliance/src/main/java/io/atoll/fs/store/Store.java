package io.atoll.fs.store;

import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FsStatus;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What the operations of one file system share. Confined to its home loop. */
final class Store {
  final Volume volume;
  final Loop loop;
  final InodeNumbers numbers;
  final ObjectCache<Inode> inodes;
  final ObjectCache<DirectoryEntry> entries;
  final ObjectCache<ChunkMap> chunks;
  final ObjectCache<SmallContent> contents;
  final Orphans orphans;
  final Trims trims;
  final BlockChecksums checksums = new BlockChecksums();

  /** Only one directory at a time moves to another parent, so that none moves below itself. */
  final RangeLocks directoryMoves = new RangeLocks();

  private final SplittableRandom generations;
  private final Change change;

  /**
   * @param generationSeed random, so that generations of inodes can't be foretold
   */
  Store(
      Volume volume, Loop loop, long generationSeed, StoreSettings settings, InodeNumbers numbers) {
    this.volume = volume;
    this.loop = loop;
    this.numbers = numbers;
    generations = new SplittableRandom(generationSeed);
    inodes = new ObjectCache<>(Inode.class, volume, new InodeCodec(), settings.inodes());
    entries = new ObjectCache<>(DirectoryEntry.class, volume, new EntryCodec(), settings.entries());
    chunks = new ObjectCache<>(ChunkMap.class, volume, new ChunkMapCodec(), settings.chunkMaps());
    contents =
        new ObjectCache<>(
            SmallContent.class, volume, new SmallContent.Format(), settings.smallContents());
    orphans = new Orphans(this);
    trims = new Trims(this);
    change = new Change(this);
  }

  static FsStatus status(VolumeStatus status) {
    return switch (status) {
      case OK -> FsStatus.OK;
      case DAMAGED, IO_ERROR -> FsStatus.IO_ERROR;
      case FENCED -> FsStatus.FENCED;
    };
  }

  /** The one record in the making, empty. */
  Change change() {
    change.begin();
    return change;
  }

  int newGeneration() {
    return generations.nextInt();
  }

  long now() {
    return loop.wallClockNanos();
  }

  /** Whether only the reserve is left, which is for taking away. */
  boolean isFull() {
    return volume.space().availableBytes() <= 0;
  }

  /** Goes on when the volume has room for a mutation, at once if it has. */
  void whenRoom(Consumer<FsStatus> then) {
    if (volume.congested()) {
      volume.awaitRoom(status -> then.accept(status(status)));
    } else {
      then.accept(FsStatus.OK);
    }
  }

  void unpin(Cached object) {
    switch (object) {
      case Inode inode -> inodes.unpin(inode);
      case DirectoryEntry entry -> entries.unpin(entry);
      case ChunkMap chunk -> chunks.unpin(chunk);
      case SmallContent content -> contents.unpin(content);
      default -> throw new IllegalArgumentException("no cache for a " + object.getClass());
    }
  }

  static ChangeInfo unchanged(Inode directory) {
    return new ChangeInfo(directory.change, directory.change);
  }
}
