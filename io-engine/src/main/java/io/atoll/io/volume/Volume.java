package io.atoll.io.volume;

import io.atoll.io.disk.Disk;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The storage of one file system: an ordered map of small values and a space of 4 KiB blocks, both
 * changed only by records of one log. Knows nothing of what the keys, values and blocks mean.
 * Confined to its home loop; every callback comes on that loop, possibly before the call returns.
 *
 * <p>The way of a mutation: {@link #allocate} blocks and {@link #writeBlocks} them; when that has
 * completed, {@link #append} one record that says what changes. From the return of {@code append}
 * on, {@link #get} and {@link #scan} show the change; it is durable, and may be told to anyone,
 * when {@link #awaitCommit} says so. A record is atomic, and records become durable in order: one
 * that is durable says that all before it are.
 */
public interface Volume {

  int BLOCK_BYTES = 4096;

  /** The most bytes of one encoded record. What needs more is split by its caller. */
  int MAX_RECORD_BYTES = 256 * 1024;

  /**
   * The most blocks that one {@link #allocate}, {@link #writeBlocks} or {@link #readBlocks} takes.
   */
  int MAX_IO_BLOCKS = 1024;

  // --- the map ---

  /**
   * The value of {@code key}, as of all records appended so far. {@code callback} may be called
   * before this returns, if the answer is at hand.
   */
  void get(byte[] key, ValueCallback callback);

  /**
   * The first {@code limit} entries with {@code from <= key < to}, in order, as of all records
   * appended when the callback is called.
   *
   * @param limit 1 to 4096
   */
  void scan(byte[] from, byte[] to, int limit, ScanCallback callback);

  // --- records ---

  /**
   * A new record to fill and {@link #append}. Good until then; not to be kept. There is one at a
   * time: asking for another discards one that was not appended.
   */
  Mutation newMutation();

  /**
   * Appends a record: the changes are visible now and durable later. Never waits and never fails:
   * if the volume is fenced, {@link #awaitCommit} says so.
   *
   * @return the record's sequence
   */
  long append(Mutation mutation);

  /**
   * As {@link #append}, for a record that nobody waits for yet: it alone causes no commit. It
   * becomes durable with whatever is committed after it, when someone awaits it, and otherwise
   * within a second or a bounded number of records and blocks, whichever comes first.
   */
  long appendLazily(Mutation mutation);

  /** The sequence of the last record appended. */
  long appendedSequence();

  /** The sequence up to which all records are durable. */
  long commitSequence();

  /**
   * Calls back when {@code commitSequence() >= sequence}, or with {@link VolumeStatus#FENCED} if
   * that can no longer be; at once if it is so already. Records that were appended lazily are
   * committed for it.
   */
  void awaitCommit(long sequence, StatusCallback callback);

  /**
   * Whether mutations should wait because too much is appended and not yet applied to the index;
   * {@link #awaitRoom} calls back when they may go on.
   */
  boolean congested();

  void awaitRoom(StatusCallback callback);

  // --- blocks ---

  /**
   * Takes {@code blocks} free blocks, in as few runs as can be had. They are the caller's until a
   * record that allocates them is appended ({@link Mutation#allocated}) or they are given back by
   * {@link #abandon}; a crash gives them back.
   *
   * @param blocks 1 to {@link #MAX_IO_BLOCKS}
   * @return the runs, or an empty list if there is not enough space now ({@link #spaceComing})
   */
  List<BlockRun> allocate(int blocks, AllocationClass allocationClass);

  /**
   * Whether blocks are about to become free: the volume grows, or blocks were freed by records that
   * are not durable yet or are still pinned, or are being written ahead of use. While it is so, an
   * empty answer of {@link #allocate} does not mean that the volume is full; {@link #awaitSpace}
   * calls back when it is worth asking again.
   */
  default boolean spaceComing() {
    return false;
  }

  /**
   * Calls back with OK when {@code blocks} blocks can be allocated or no more are coming ({@link
   * #spaceComing}); with {@link VolumeStatus#FENCED} when the volume is fenced or closing. Others
   * may be faster: ask {@link #allocate} and, if that gives nothing, {@code spaceComing} again.
   * Whoever waits holds no pin, or may wait for itself.
   */
  default void awaitSpace(int blocks, AllocationClass allocationClass, StatusCallback callback) {
    callback.done(fenced() ? VolumeStatus.FENCED : VolumeStatus.OK);
  }

  /** Gives back blocks that no record came to refer to. Nothing may be in flight on them. */
  void abandon(List<BlockRun> runs);

  /**
   * Writes {@code run.blocks()} whole blocks from {@code data} at {@code index}. At {@link
   * VolumeStatus#OK} a record that refers to them may be appended. Takes no reference to {@code
   * data}: the caller holds one until the callback.
   */
  void writeBlocks(BlockRun run, ByteBuf data, int index, StatusCallback callback);

  /**
   * Reads and checks whole blocks into {@code into} at {@code index}. {@link VolumeStatus#DAMAGED}
   * if one does not match its checksum: then nothing of it may be used.
   *
   * @param crcs CRC-32C of each block, from {@code crcs[crcsFrom]} on
   */
  void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback);

  /**
   * As the other, into the first {@code pieces} of {@code into}, one after the other: into each
   * from its reader index to its writer index, whole blocks. The array may change once the call has
   * returned; {@code crcs} may not until the callback.
   *
   * @param pieces 1 to {@link io.atoll.io.disk.Disk#MAX_VECTOR_BUFFERS}; together as long as the
   *     run
   */
  void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf[] into, int pieces, StatusCallback callback);

  /**
   * The lane that moves blocks on {@code loop}: the home loop's, or one of {@link #addLane}.
   *
   * @return null if there is none
   */
  default DataLane lane(Loop loop) {
    return null;
  }

  /**
   * Has {@code loop} move blocks, too, by a {@link DataLane} from now on. Told on the home loop, OK
   * or IO_ERROR.
   *
   * @param disk of the volume's folder, opened on {@code loop}; stays the caller's, who closes it
   *     after the volume
   */
  default void addLane(Loop loop, Disk disk, StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  /**
   * As {@link #writeBlocks(BlockRun, ByteBuf, int, StatusCallback)}, by {@code lane}, which sums
   * the blocks, too. Until the callback, {@code data} is the lane's: nobody else reads or writes
   * it.
   *
   * @param crcs gets the CRC-32C of each block before the callback, from {@code crcs[crcsFrom]} on
   */
  default void writeBlocks(
      DataLane lane,
      BlockRun run,
      ByteBuf data,
      int index,
      int[] crcs,
      int crcsFrom,
      StatusCallback callback) {
    throw new UnsupportedOperationException("a volume without lanes");
  }

  /**
   * As {@link #readBlocks(BlockRun, int[], int, ByteBuf[], int, StatusCallback)}, by {@code lane},
   * whose the buffers are until the callback.
   */
  default void readBlocks(
      DataLane lane,
      BlockRun run,
      int[] crcs,
      int crcsFrom,
      ByteBuf[] into,
      int pieces,
      StatusCallback callback) {
    throw new UnsupportedOperationException("a volume without lanes");
  }

  /**
   * Keeps blocks that are freed from now on from being reused, until the pin is released. Taken by
   * whoever is about to read blocks by an extent map that may change meanwhile. Cheap.
   */
  Pin pinBlocks();

  /**
   * Aligned direct memory for {@link #writeBlocks} and {@link #readBlocks}; null if the pool is at
   * its bound.
   */
  ByteBuf buffer(int bytes);

  /**
   * As {@link #buffer}, for data that are read for a client: memory of its own, since how long it
   * is held is up to the client, and nothing else may wait for that.
   */
  default ByteBuf replyBuffer(int bytes) {
    return buffer(bytes);
  }

  /** Space facts for {@code statfs} and the reserve. */
  SpaceStatus space();

  /**
   * How much more its disk must have free for anything to be added to the volume; 0 if something
   * can be.
   */
  default long missingBytes() {
    return 0;
  }

  // --- life ---

  /**
   * A number that differs from that of every earlier opening of this volume: the write verifier.
   */
  long incarnation();

  /** What opening it did about the log beyond the checkpoint. */
  default VolumeRecovery recovery() {
    return VolumeRecovery.NONE;
  }

  boolean fenced();

  /** What it was fenced for, with the file and what the disk said; null if it is not. */
  default String whyFenced() {
    return null;
  }

  /** What it has done since it was opened. */
  VolumeCounters counters();

  /**
   * Commits and applies everything appended, flushes the index and closes. Further calls fail with
   * FENCED; a further one of this is told the same end.
   */
  void close(StatusCallback callback);

  /** One atomic set of changes. */
  interface Mutation {
    Mutation put(byte[] key, byte[] value);

    /**
     * A put whose bytes the caller writes, before anything else is done with the mutation: nothing
     * of it needs to be an array.
     *
     * @return where to write the key and then the value, at its writer index: exactly so many bytes
     */
    ByteBuf put(int keyBytes, int valueBytes);

    Mutation delete(byte[] key);

    /**
     * {@code run} is in use from now on, and holds what was written to it. The checksums are
     * recorded so that recovery can tell whether the last group's data reached the disk with it.
     *
     * @param crcs CRC-32C of each block as written, from {@code crcs[crcsFrom]} on; read at once
     */
    Mutation allocated(BlockRun run, int[] crcs, int crcsFrom);

    /** The run is free once this record is durable and unpinned. */
    Mutation freed(long address, int blocks);

    /** As {@link #freed(long, int)}. */
    default Mutation freed(BlockRun run) {
      return freed(run.address(), run.blocks());
    }

    /** The encoded size so far, for those near {@link #MAX_RECORD_BYTES}. */
    int encodedBytes();
  }

  /** Told a value or null (absent); {@code value} means nothing unless {@code status} is OK. */
  @FunctionalInterface
  interface ValueCallback {
    void done(VolumeStatus status, byte[] value);
  }

  /** Told entries in order. */
  @FunctionalInterface
  interface ScanCallback {
    void done(VolumeStatus status, List<Entry> entries);
  }

  /** Told the end of something. */
  @FunctionalInterface
  interface StatusCallback {
    void done(VolumeStatus status);
  }

  /** Holds off the reuse of freed blocks. */
  interface Pin {
    /** Exactly once. */
    void release();
  }

  /** A key and its value; the arrays are shared and must not be changed. */
  record Entry(byte[] key, byte[] value) {}

  /** Who asks for blocks, and so how much of the reserve is theirs, too. */
  enum AllocationClass {
    /** What adds: none of it. */
    DATA,

    /**
     * What takes the place of at least as many blocks, which the record that refers to the new ones
     * frees: half of it. So a full file system can be written to in place; what is taken comes back
     * with the commit, and {@link #spaceComing} says so.
     */
    OVERWRITE,

    /** What takes away, as unlinks and truncations: all of it, so that it can be emptied. */
    RESERVED
  }

  /**
   * @param totalBytes what the volume could hold: used, plus what its disk has free
   * @param usedBytes in allocated blocks
   * @param availableBytes what {@link AllocationClass#DATA} could still get; 0 also while the disk
   *     itself is nearly full: then records that add to the volume should be refused, and those
   *     that remove be let through
   */
  record SpaceStatus(long totalBytes, long usedBytes, long availableBytes) {}
}
