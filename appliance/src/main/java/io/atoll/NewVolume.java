package io.atoll;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.IndexMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.EngineUnavailableException;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Superblock;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Supplier;

/** A volume to be filled by a tool, with a loop of its own. For one thread that may block. */
final class NewVolume implements AutoCloseable {
  /** Nobody reads what is written here. */
  private static final long CACHE_BYTES = 1L << 20;

  private final EngineRuntime runtime;
  private final LoopMemory memory;
  private final IndexMemory indexes = new IndexMemory(MemoryBounds.INDEX_BYTES);
  private final VertxLoop loop;
  private BufferPools buffers;
  private Disk disk;
  private Volume volume;

  private NewVolume(EngineRuntime runtime) {
    this.runtime = runtime;
    loop = runtime.loops().getFirst();
    memory = new LoopMemory(loop, runtime.workers(), CACHE_BYTES);
  }

  /**
   * Makes one in {@code folder}.
   *
   * @throws StartFailure if it can't be made
   */
  static NewVolume in(Path folder, IoMode mode) {
    StorageFacts storage = Appliance.storageOf(folder);
    EngineRuntime runtime;
    try {
      runtime = EngineRuntime.start(mode, 1, 2);
    } catch (EngineUnavailableException e) {
      throw new StartFailure(StartFailure.Kind.IO_URING, e.getMessage());
    }
    NewVolume made = new NewVolume(runtime);
    try {
      made.disk = made.await(() -> OpenFileSystem.openDisk(runtime, made.loop, storage));
      made.buffers = made.await(() -> made.memory.share(List.of()));
      made.volume =
          made.await(() ->
              OpenFileSystem.openVolume(
                  folder,
                  OpenFileSystem.environment(
                      runtime, made.loop, storage, made.disk, made.buffers, made.indexes),
                  LogVolume::open));
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Makes the volume in {@code folder}, which is closed, count its openings from there. */
  static void raiseIncarnation(Path folder, long incarnation) throws IOException {
    ByteBuf slots = AlignedMemory.allocate(Superblock.SLOTS * Superblock.SLOT_BYTES);
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(Superblock.NAME), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      slots.setBytes(0, file, 0, slots.capacity());
      Superblock newest = Superblock.decode(slots);
      Superblock raised = newest.next(incarnation, newest.logSegments());
      raised.encode(slots);
      slots.getBytes(0, file, raised.offsetBytes(), Superblock.SLOT_BYTES);
      file.force(true);
    } finally {
      slots.release();
    }
  }

  Volume volume() {
    return volume;
  }

  Loop loop() {
    return loop;
  }

  private <T> T await(Supplier<Future<T>> step) {
    return LoopCalls.await(loop, step);
  }

  /** Makes all durable. */
  @Override
  public void close() {
    if (volume != null) {
      await(() -> OpenFileSystem.closeVolume(volume));
    }
    if (disk != null) {
      await(() -> OpenFileSystem.closeDisk(disk));
    }
    runtime.close();
    memory.close();
    indexes.close();
  }
}
