package io.atoll.fs.store;

import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;

/**
 * Moves an inline file's content into its first block, in a record of its own: nobody sees a
 * difference but in the space that it uses. The caller holds the lock on the whole file.
 */
final class InlineConversion {
  private final Store store;
  private final Inode inode;
  private final FsCall call;
  private final Consumer<FsStatus> then;
  private final int[] crc = new int[1];
  private SmallContent content;
  private ChunkMap chunk;
  private ByteBuf block;
  private List<BlockRun> runs = List.of();

  private InlineConversion(Store store, Inode inode, FsCall call, Consumer<FsStatus> then) {
    this.store = store;
    this.inode = inode;
    this.call = call;
    this.then = then;
  }

  static void run(Store store, Inode inode, FsCall call, Consumer<FsStatus> then) {
    InlineConversion conversion = new InlineConversion(store, inode, call, then);
    conversion.step(conversion::load);
  }

  /** Goes on; an exception is an end, too. */
  private void step(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      end(store.defect("moving inline content into a block", e));
    }
  }

  private void load() {
    if (inode.gone) {
      end(FsStatus.STALE);
    } else if (content == null) {
      store.contents.pin(
          inode.number,
          0,
          null,
          (status, found) -> {
            content = found;
            if (status == FsStatus.OK && (found != null || inode.gone)) {
              step(this::load);
            } else {
              end(status == FsStatus.OK ? FsStatus.IO_ERROR : status);
            }
          });
    } else if (chunk == null) {
      store.chunks.pin(
          inode.number,
          0,
          null,
          (status, found) -> {
            chunk = found;
            if (status == FsStatus.OK) {
              step(this::load);
            } else {
              end(status);
            }
          });
    } else {
      write();
    }
  }

  private void write() {
    FsStatus admitted = store.quotas.admit(inode.quotaTree, 0, 1);
    if (admitted != FsStatus.OK) {
      end(admitted);
      return;
    }
    runs = store.volume.allocate(1, AllocationClass.DATA);
    block = runs.isEmpty() ? null : store.volume.buffer(ChunkMap.BLOCK_BYTES);
    if (block == null) {
      end(runs.isEmpty() ? store.noBlocks() : FsStatus.DELAY);
      return;
    }
    block.setIndex(0, 0);
    content.read(0, content.length(), block);
    block.setZero(content.length(), ChunkMap.BLOCK_BYTES - content.length());
    store.checksums.ofBlocks(block, 0, 1, crc, 0);
    store.volume.writeBlocks(runs.get(0), block, 0, status -> step(() -> written(status)));
  }

  private void written(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      end(Store.status(status));
      return;
    }
    FsStatus admitted = inode.gone ? FsStatus.STALE : store.quotas.admit(inode.quotaTree, 0, 1);
    if (admitted != FsStatus.OK) {
      end(admitted);
      return;
    }
    Change change = store.change();
    chunk.set(0, runs.get(0).address(), change.sequence(), crc[0]);
    inode.usedBlocks++;
    inode.inline = false;
    change
        .allocated(runs.get(0), crc, 0)
        .chunk(chunk)
        .removedContent(content)
        .inode(inode)
        .append(call);
    runs = List.of();
    end(FsStatus.OK);
  }

  private void end(FsStatus status) {
    if (!runs.isEmpty()) {
      store.volume.abandon(runs);
    }
    if (block != null) {
      block.release();
    }
    if (content != null) {
      store.contents.unpin(content);
    }
    if (chunk != null) {
      store.chunks.unpin(chunk);
    }
    then.accept(status);
  }
}
