package io.atoll.fs.store;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets a file's length, with other attributes in the same record. What lies behind the new end goes
 * with it; where that is more than a few chunks, the record says so and {@link Trims} frees them
 * behind the answer, still under this operation's lock.
 */
final class TruncateOperation extends Operation<Attributes> {
  private final FileHandle handle;
  private final AttributeChanges changes;
  private final boolean openForWriting;
  private final long newSize;
  private final RangeLock lock = new RangeLock(() -> step(this::attempt));

  /** The chunks at and behind the new end that go in this record, from that of the end on. */
  private final List<ChunkMap> chunks = new ArrayList<>(1);

  private Inode inode;
  private SmallContent content;
  private boolean lockAsked;
  private boolean lockKept;
  private TailBlock tail;
  private boolean tailWritten;

  TruncateOperation(
      Store store,
      FsCall call,
      FileHandle handle,
      AttributeChanges changes,
      boolean openForWriting,
      FsCallback<Attributes> callback) {
    super(store, call, callback);
    this.handle = handle;
    this.changes = changes;
    this.openForWriting = openForWriting;
    this.newSize = changes.sizeBytes;
  }

  void start() {
    startChanging();
  }

  @Override
  void attempt() {
    if (inode == null) {
      pin(
          handle,
          found -> {
            inode = found;
            attempt();
          });
      return;
    }
    FsStatus status =
        inode.gone
            ? FsStatus.STALE
            : AttributeUpdate.check(inode, changes, call.principal(), openForWriting, store.limits);
    if (status != FsStatus.OK) {
      fail(status);
    } else if (!lockAsked) {
      claim();
    } else if (inode.isStuck(lock)) {
      fail(FsStatus.IO_ERROR);
    } else if (inode.inline && !lock.isWhole()) {
      inode.locks.release(lock); // the file was emptied while this waited
      claim();
    } else if (newSize > inode.sizeBytes && store.room() != FsStatus.OK) {
      fail(store.room());
    } else if (inode.inline) {
      attemptInline();
    } else {
      attemptBlocks();
    }
  }

  /** The blocks from the new end on: a write that reaches behind it waits, others can't matter. */
  private void claim() {
    lockAsked = true;
    lock.over(inode.inline ? 0 : newSize / ChunkMap.BLOCK_BYTES, RangeLock.END);
    inode.locks.acquire(lock);
  }

  // --- inline ---

  private void attemptInline() {
    if (newSize > StoreLimits.MAX_INLINE_BYTES) {
      if (inode.sizeBytes == 0) {
        act();
      } else {
        InlineConversion.run(store, inode, call, this::converted);
      }
    } else if (inode.sizeBytes > 0 && content == null) {
      pinContent(inode, found -> content = found);
    } else {
      actInline();
    }
  }

  private void converted(FsStatus status) {
    if (status == FsStatus.OK) {
      step(this::attempt);
    } else {
      fail(status);
    }
  }

  private void actInline() {
    Change change = store.change();
    if (newSize == 0 && content != null) {
      change.removedContent(content);
    } else if (newSize > 0) {
      byte[] value = SmallContent.resized(content, (int) newSize);
      if (content == null) {
        content = new SmallContent(inode.number, value);
        change.newContent(content);
        keep(content);
      } else {
        content.value = value;
        change.content(content);
      }
    }
    end(change);
  }

  // --- blocks ---

  private void attemptBlocks() {
    if (newSize >= inode.sizeBytes) {
      act();
      return;
    }
    if (isBackground() && store.trims.isFull()) {
      fail(FsStatus.DELAY);
      return;
    }
    int wanted = isBackground() ? 1 : (int) (lastChunk() - firstChunk()) + 1;
    if (chunks.size() < wanted) {
      pinChunk(inode.number, firstChunk() + chunks.size(), chunks::add);
    } else if (keptOfTail() > 0
        && chunks.get(0).address(tailIndex()) != ChunkMap.HOLE
        && !tailWritten) {
      makeTail();
    } else {
      act();
    }
  }

  private void makeTail() {
    ChunkMap chunk = chunks.get(0);
    tail =
        new TailBlock(
            store,
            inode.number,
            keptOfTail(),
            status -> {
              if (status == FsStatus.OK) {
                tailWritten = true;
                step(this::attempt);
              } else {
                fail(status);
              }
            });
    tail.start(chunk, tailIndex());
  }

  private void act() {
    Change change = store.change();
    boolean background = false;
    if (newSize < inode.sizeBytes) {
      background = isBackground();
      int firstCut = tailIndex() + (keptOfTail() > 0 ? 1 : 0);
      for (ChunkMap chunk : chunks) {
        int before = chunk.mapped();
        chunk.cut(chunk == chunks.get(0) ? firstCut : 0, change.freed());
        inode.usedBlocks -= before - chunk.mapped();
      }
      if (tailWritten) {
        tail.apply(change, chunks.get(0), tailIndex());
      }
      chunks.forEach(change::chunk);
      if (background) {
        byte[] marker = Trims.marker(firstChunk() + 1);
        change.put(Keys.orphan(Keys.ORPHAN_TRIMMED, inode.number), marker);
      }
    }
    // While chunks are freed behind the answer, the file stays in blocks: the whole of an inline
    // file can be claimed by one writer only, who would wait for them.
    inode.inline = newSize == 0 && inode.usedBlocks == 0;
    if (background) {
      lockKept = true;
      store.trims.start(inode, lock, firstChunk() + 1);
    }
    end(change);
  }

  private void end(Change change) {
    inode.sizeBytes = newSize;
    AttributeUpdate.apply(inode, changes, call.principal(), store.now());
    change.inode(inode).append(call);
    succeed(inode.attributes());
  }

  @Override
  void cleanUp() {
    if (tail != null) {
      tail.end();
    }
    if (lockKept) {
      // Only now, after the answer, may others act. The chunk of the new end is theirs already.
      inode.locks.narrow(lock, (firstChunk() + 1) * ChunkMap.CHUNK_BLOCKS, RangeLock.END);
    } else if (lock.granted) {
      inode.locks.release(lock);
    }
  }

  private boolean isBackground() {
    return lastChunk() - firstChunk() >= StoreLimits.TRUNCATE_AT_ONCE_CHUNKS;
  }

  private long firstChunk() {
    return newSize / ChunkMap.CHUNK_BYTES;
  }

  private long lastChunk() {
    return (inode.sizeBytes - 1) / ChunkMap.CHUNK_BYTES;
  }

  /** The new end's block in its chunk. */
  private int tailIndex() {
    return (int) (newSize % ChunkMap.CHUNK_BYTES / ChunkMap.BLOCK_BYTES);
  }

  private int keptOfTail() {
    return (int) (newSize % ChunkMap.BLOCK_BYTES);
  }
}
