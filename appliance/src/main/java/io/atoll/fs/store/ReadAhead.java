package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.cache.Access;
import io.atoll.io.cache.CachedRange;
import io.atoll.io.cache.StreamTable;
import io.atoll.io.loop.Loop;
import java.util.function.Consumer;

/**
 * Reads into the cache what sequential streams will ask for next. What was begun is given up before
 * it gets to the disk, if by then the stream has ended or has come by. Confined to the home loop.
 */
final class ReadAhead {
  private final Store store;
  private final StreamTable streams = new StreamTable();
  private final OperationPool<Ahead> spare;
  private int running;
  private long begun;
  private long givenUp;

  ReadAhead(Store store) {
    this.store = store;
    spare = new OperationPool<>(pool -> new Ahead());
  }

  /** Takes note of a client's read; the number of its stream. */
  int note(Inode inode, long fromByte, long toByte) {
    return streams.note(inode.number, fromByte, toByte);
  }

  /** How the read last noted is to be counted. */
  Access access(int stream) {
    return streams.isSequential(stream) ? Access.SEQUENTIAL : Access.RANDOM;
  }

  /**
   * Begins to read ahead of the stream what is due.
   *
   * @param by who is to read; null for the home loop
   */
  void proceed(int stream, long inode, long sizeBytes, Loop by) {
    try {
      begin(stream, inode, sizeBytes, by);
    } catch (RuntimeException e) {
      store.defect("beginning to read ahead", e); // the read that came by is not to suffer
    }
  }

  private void begin(int stream, long inode, long sizeBytes, Loop by) {
    long to = streams.aheadTo(stream, sizeBytes);
    long from = streams.aheadFrom(stream);
    while (from < to && running < StoreLimits.MAX_READ_AHEADS) {
      long partEnd = (from / StreamTable.MAX_PART_BYTES + 1) * StreamTable.MAX_PART_BYTES;
      long end = Math.min(to, partEnd);
      streams.begun(stream, end);
      spare.take().start(stream, inode, from, end, by);
      from = end;
    }
  }

  /** Operations under way; for tests. */
  int running() {
    return running;
  }

  /** Operations begun, ever. */
  long begun() {
    return begun;
  }

  /** Of these, those that were given up before they read the disk. */
  long givenUp() {
    return givenUp;
  }

  /** Reads one part; failures are nobody's, for who asks for the part will meet them again. */
  private final class Ahead {
    private final Consumer<FsStatus> inodeLoaded = this::inodeLoaded;
    private final Consumer<FsStatus> windowLoaded = this::windowLoaded;
    private final ObjectCache.Waiter<Inode> onInode =
        (status, found) -> {
          inode = found;
          step(inodeLoaded, status);
        };
    private final ChunkWindow window = new ChunkWindow(status -> step(windowLoaded, status));
    private final CachedRange range = new CachedRange(store.data, status -> end());
    private int stream;
    private int life;
    private long from;
    private long to;

    /** Who reads; null for the home loop. */
    private Loop by;

    private Inode inode;

    void start(int newStream, long inodeNumber, long fromByte, long toByte, Loop newBy) {
      running++;
      begun++;
      stream = newStream;
      life = streams.life(newStream);
      from = fromByte;
      to = toByte;
      by = newBy;
      store.inodes.pin(inodeNumber, 0, null, onInode);
    }

    private void step(Consumer<FsStatus> step, FsStatus status) {
      try {
        step.accept(status);
      } catch (RuntimeException e) {
        store.defect("reading ahead", e);
        if (!range.isBusy()) {
          end();
        }
      }
    }

    private boolean isOfUse(FsStatus status) {
      return status == FsStatus.OK
          && inode != null
          && !inode.gone
          && !inode.inline
          && inode.sizeBytes > from
          && streams.isOfUse(stream, life, to);
    }

    private void inodeLoaded(FsStatus status) {
      if (isOfUse(status)) {
        to = Math.min(to, inode.sizeBytes);
        window.load(store.chunks, inode.number, firstBlock(), lastBlock());
      } else {
        giveUp();
      }
    }

    private void windowLoaded(FsStatus status) {
      if (!isOfUse(status)) {
        giveUp();
        return;
      }
      int blocks = (int) (lastBlock() - firstBlock()) + 1;
      range.begin(inode.number, firstBlock(), blocks, Access.AHEAD);
      if (by != null) {
        range.by(by);
      }
      for (int i = 0; i < blocks; i++) {
        long block = firstBlock() + i;
        range.block(i, window.address(block), window.birth(block), window.crc(block));
      }
      window.unpin();
      range.start();
    }

    private long firstBlock() {
      return from / ChunkMap.BLOCK_BYTES;
    }

    private long lastBlock() {
      return (to - 1) / ChunkMap.BLOCK_BYTES;
    }

    private void giveUp() {
      givenUp++;
      end();
    }

    private void end() {
      range.end();
      window.unpin();
      if (inode != null) {
        store.inodes.unpin(inode);
        inode = null;
      }
      running--;
      spare.put(this);
    }
  }
}
