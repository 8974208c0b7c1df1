package io.atoll.fs.store;

import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeCounters;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A volume in memory that is as unkind as its contract allows: completes in seeded order or at
 * once, fragments, reuses blocks as soon as it may and spoils them first, takes data from the
 * buffer at the last moment, is congested now and then; and insists on the contract in turn.
 */
final class MemoryVolume implements Volume {
  private final VolumeCounters counters = new VolumeCounters();
  private static final byte FREE = 0;
  private static final byte RESERVED = 1;
  private static final byte USED = 2;
  private static final byte FREED = 3;

  final SeededLoop loop;
  private final SplittableRandom random;
  private final NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
  private final List<MemoryRecord> records = new ArrayList<>();
  private final byte[] states;
  private final byte[][] contents;
  private final List<Freed> freed = new ArrayList<>();
  private final List<Waiting> commitWaiters = new ArrayList<>();
  private final List<StatusCallback> roomWaiters = new ArrayList<>();
  private final List<ByteBuf> buffers = new ArrayList<>();
  private long baseSequence;
  private long commitSequence;
  private boolean commitScheduled;
  private boolean congested;
  private boolean fenced;
  int pins;
  private int incarnation = 1;
  private int largestRecord;

  /** Keys that were asked for. */
  long gets;

  /** Of 1000 block reads, how many are damaged; of writes, how many fail. */
  int failuresPerMille;

  /** Of 1000 buffers, how many are refused. */
  int refusalsPerMille;

  /** A defect to be found out: keys that records put in vain. */
  Predicate<byte[]> forgets = key -> false;

  /** From this question for space on there is none for data. */
  long fullFrom = Long.MAX_VALUE;

  /** How often it was asked for space so far. */
  long spaceQuestions;

  /** Free blocks that are not for data, and of these half not for overwrites. */
  int reserveBlocks;

  /** The most blocks of one run. */
  int maxRunBlocks = 8;

  long blockReads;
  long blockWrites;
  boolean congestion = true;

  /** After so many more block operations, one throws. */
  int blocksUntilThrow = Integer.MAX_VALUE;

  /** Keys whose values can't be read. */
  Predicate<byte[]> unreadable = key -> false;

  /** Scans fail; they are counted. */
  boolean scansFail;

  /** Scans that begin so fail, too; null if there are none. */
  byte[] failingPrefix;

  long failedScans;

  long scans;

  /** Where the last one began. */
  byte[] lastScanFrom;

  /** The next append throws. */
  boolean appendFails;

  /** The most block reads that were in flight at once. */
  int mostReadsInFlight;

  private int readsInFlight;

  /** The most values that were being read at once. */
  int mostGetsInFlight;

  private int getsInFlight;

  MemoryVolume(SeededLoop loop, long seed, int capacityBlocks) {
    this.loop = loop;
    random = new SplittableRandom(seed);
    states = new byte[capacityBlocks];
    contents = new byte[capacityBlocks][];
  }

  /** What a crash leaves: all that is committed, and perhaps some of what was appended after. */
  MemoryVolume crash(SeededLoop newLoop, long seed) {
    MemoryVolume after = new MemoryVolume(newLoop, seed, states.length);
    after.forgets = forgets;
    int committed = (int) commitSequence;
    int kept = committed + random.nextInt(records.size() - committed + 1);
    for (int i = 0; i < kept; i++) {
      after.apply(records.get(i));
      after.records.add(records.get(i));
    }
    after.commitSequence = kept;
    for (int i = 0; i < states.length; i++) {
      if (after.states[i] == FREED) {
        after.states[i] = FREE;
      }
      after.contents[i] = contents[i] == null ? null : contents[i].clone();
    }
    after.freed.clear();
    after.incarnation = incarnation + 1;
    after.failuresPerMille = failuresPerMille;
    after.refusalsPerMille = refusalsPerMille;
    after.maxRunBlocks = maxRunBlocks;
    return after;
  }

  // --- what tests look at ---

  NavigableMap<byte[], byte[]> map() {
    return map;
  }

  boolean isUsed(long block) {
    return states[(int) block] == USED;
  }

  byte[] content(long block) {
    return contents[(int) block];
  }

  long usedBlocks() {
    return count(USED);
  }

  long reservedBlocks() {
    return count(RESERVED);
  }

  int largestRecord() {
    return largestRecord;
  }

  /** Buffers that were given out and not released. */
  long buffersOut() {
    return buffers.stream().filter(b -> b.refCnt() > 0).count();
  }

  int pinsOut() {
    return pins;
  }

  private long count(byte state) {
    long count = 0;
    for (byte s : states) {
      if (s == state) {
        count++;
      }
    }
    return count;
  }

  // --- the map ---

  @Override
  public void get(byte[] key, ValueCallback callback) {
    gets++;
    byte[] asked = key.clone();
    if (unreadable.test(asked)) {
      callback.done(VolumeStatus.IO_ERROR, null);
      return;
    }
    byte[] now = map.get(asked);
    if (random.nextBoolean()) {
      callback.done(VolumeStatus.OK, now);
      return;
    }
    boolean early = random.nextBoolean();
    mostGetsInFlight = Math.max(mostGetsInFlight, ++getsInFlight);
    loop.complete(() -> {
      getsInFlight--;
      callback.done(VolumeStatus.OK, early ? now : map.get(asked));
    });
  }

  private boolean beginsAsThoseThatFail(byte[] from) {
    return failingPrefix != null
        && from.length >= failingPrefix.length
        && Arrays.equals(from, 0, failingPrefix.length, failingPrefix, 0, failingPrefix.length);
  }

  @Override
  public void scan(byte[] from, byte[] to, int limit, ScanCallback callback) {
    if (limit < 1 || limit > 4096) {
      throw new IllegalArgumentException("limit " + limit);
    }
    Runnable scan =
        () -> {
          List<Entry> found = new ArrayList<>();
          scans++;
          lastScanFrom = from;
          if (scansFail || beginsAsThoseThatFail(from)) {
            failedScans++;
            callback.done(VolumeStatus.IO_ERROR, found);
            return;
          }
          map.subMap(from, true, to, false).entrySet().stream()
              .limit(limit)
              .forEach(e -> found.add(new Entry(e.getKey(), e.getValue())));
          callback.done(VolumeStatus.OK, found);
        };
    if (random.nextBoolean()) {
      scan.run();
    } else {
      loop.complete(scan);
    }
  }

  // --- records ---

  @Override
  public Mutation newMutation() {
    return new MemoryRecord();
  }

  @Override
  public long append(Mutation mutation) {
    MemoryRecord record = (MemoryRecord) mutation;
    if (appendFails) {
      appendFails = false;
      throw new IllegalArgumentException("an append that fails");
    }
    require(
        record.encodedBytes() <= MAX_RECORD_BYTES,
        "a record of " + record.encodedBytes() + " bytes");
    largestRecord = Math.max(largestRecord, record.encodedBytes());
    records.add(record);
    apply(record);
    if (congestion && random.nextInt(8) == 0) {
      congested = true;
    }
    scheduleCommit();
    return appendedSequence();
  }

  /** Durable when someone asks for it, or some other record is, or never. */
  @Override
  public long appendLazily(Mutation mutation) {
    boolean scheduled = commitScheduled;
    commitScheduled = true;
    long sequence = append(mutation);
    commitScheduled = scheduled;
    return sequence;
  }

  private void apply(MemoryRecord record) {
    for (Object[] change : record.changes) {
      if (change[1] == null) {
        map.remove((byte[]) change[0]);
      } else {
        if (!forgets.test((byte[]) change[0])) {
          map.put((byte[]) change[0], (byte[]) change[1]);
        }
      }
    }
    for (BlockRun run : record.allocated) {
      for (long b = run.address(); b < run.end(); b++) {
        states[(int) b] = USED;
      }
    }
    for (BlockRun run : record.freed) {
      for (long b = run.address(); b < run.end(); b++) {
        require(states[(int) b] == USED, "block " + b + " is freed but not in use");
        states[(int) b] = FREED;
        freed.add(new Freed(b, appendedSequence()));
      }
    }
  }

  @Override
  public long appendedSequence() {
    return baseSequence + records.size();
  }

  @Override
  public long commitSequence() {
    return commitSequence;
  }

  @Override
  public void awaitCommit(long sequence, StatusCallback callback) {
    if (sequence > appendedSequence()) {
      throw new IllegalArgumentException("sequence " + sequence + " was never appended");
    }
    if (fenced) {
      callback.done(VolumeStatus.FENCED);
    } else if (sequence <= commitSequence) {
      callback.done(VolumeStatus.OK);
    } else {
      commitWaiters.add(new Waiting(sequence, callback));
      scheduleCommit();
    }
  }

  private void scheduleCommit() {
    if (!commitScheduled) {
      commitScheduled = true;
      loop.complete(this::commitSome);
    }
  }

  private void commitSome() {
    commitScheduled = false;
    long open = appendedSequence() - commitSequence;
    commitSequence += random.nextLong(open + 1);
    if (commitSequence < appendedSequence()) {
      scheduleCommit();
    }
    reclaim();
    List<Waiting> due = commitWaiters.stream().filter(w -> w.sequence <= commitSequence).toList();
    commitWaiters.removeAll(due);
    due.forEach(w -> w.callback.done(VolumeStatus.OK));
  }

  @Override
  public boolean congested() {
    return congested;
  }

  @Override
  public void awaitRoom(StatusCallback callback) {
    if (fenced) {
      callback.done(VolumeStatus.FENCED);
      return;
    }
    roomWaiters.add(callback);
    loop.complete(() -> {
      congested = false;
      List<StatusCallback> due = List.copyOf(roomWaiters);
      roomWaiters.clear();
      due.forEach(w -> w.done(fenced ? VolumeStatus.FENCED : VolumeStatus.OK));
    });
  }

  // --- blocks ---

  @Override
  public boolean spaceComing() {
    return !freed.isEmpty() && spaceQuestions < fullFrom;
  }

  @Override
  public List<BlockRun> allocate(int blocks, AllocationClass allocationClass) {
    if (blocks < 1 || blocks > MAX_IO_BLOCKS) {
      throw new IllegalArgumentException(blocks + " blocks");
    }
    if (allocationClass == AllocationClass.DATA && isFull()) {
      return List.of();
    }
    int kept =
        switch (allocationClass) {
          case DATA -> reserveBlocks;
          case OVERWRITE -> reserveBlocks / 2;
          case RESERVED -> 0;
        };
    if (kept > 0 && count(FREE) - kept < blocks) {
      scheduleCommit(); // which may free some
      return List.of();
    }
    List<BlockRun> runs = new ArrayList<>();
    int missing = blocks;
    int at = random.nextInt(states.length);
    for (int i = 0; i < states.length && missing > 0; ) {
      int length = 0;
      int most = Math.min(missing, 1 + random.nextInt(maxRunBlocks));
      while (length < most && at + length < states.length && states[at + length] == FREE) {
        length++;
      }
      if (length > 0) {
        Arrays.fill(states, at, at + length, RESERVED);
        runs.add(new BlockRun(at, length));
        missing -= length;
      }
      int skip = Math.max(1, length);
      i += skip;
      at = (at + skip) % states.length;
    }
    if (missing > 0) {
      scheduleCommit(); // which may free some
      abandon(runs);
      return List.of();
    }
    return runs;
  }

  @Override
  public void abandon(List<BlockRun> runs) {
    for (BlockRun run : runs) {
      for (long b = run.address(); b < run.end(); b++) {
        require(states[(int) b] == RESERVED, "block " + b + " is abandoned but not reserved");
        states[(int) b] = FREE;
      }
    }
  }

  @Override
  public void writeBlocks(BlockRun run, ByteBuf data, int index, StatusCallback callback) {
    require(((data.memoryAddress() + index) & (BLOCK_BYTES - 1)) == 0, "memory is not aligned");
    throwIfTold();
    blockWrites++;
    loop.complete(() -> {
      boolean fails = random.nextInt(1000) < failuresPerMille;
      for (int i = 0; i < run.blocks(); i++) {
        int block = (int) run.address() + i;
        require(states[block] == RESERVED, "block " + block + " is written but not reserved");
        contents[block] = new byte[BLOCK_BYTES];
        data.getBytes(index + i * BLOCK_BYTES, contents[block]);
      }
      callback.done(fails ? VolumeStatus.IO_ERROR : VolumeStatus.OK);
    });
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    readBlocks(run, crcs, crcsFrom, new ByteBuf[] {into}, new int[] {index}, callback);
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf[] into, int pieces, StatusCallback callback) {
    int blocks = 0;
    int[] indexes = new int[pieces];
    for (int i = 0; i < pieces; i++) {
      indexes[i] = into[i].readerIndex();
      blocks += into[i].readableBytes() / BLOCK_BYTES;
    }
    require(blocks == run.blocks(), blocks + " blocks of memory for " + run);
    readBlocks(run, crcs, crcsFrom, Arrays.copyOf(into, pieces), indexes, callback);
  }

  private void readBlocks(
      BlockRun run,
      int[] crcs,
      int crcsFrom,
      ByteBuf[] into,
      int[] indexes,
      StatusCallback callback) {
    for (int i = 0; i < into.length; i++) {
      require(
          ((into[i].memoryAddress() + indexes[i]) & (BLOCK_BYTES - 1)) == 0,
          "memory is not aligned");
    }
    throwIfTold();
    blockReads++;
    mostReadsInFlight = Math.max(mostReadsInFlight, ++readsInFlight);
    loop.complete(() -> {
      readsInFlight--;
      for (int i = 0; i < run.blocks(); i++) {
        int block = (int) run.address() + i;
        require(
            states[block] == USED || states[block] == FREED,
            "block " + block + " is read but was given to another");
        int piece = 0;
        int at = i * BLOCK_BYTES;
        while (into.length > 1 && at >= into[piece].readableBytes()) {
          at -= into[piece++].readableBytes();
        }
        into[piece].setBytes(indexes[piece] + at, contents[block]);
        CRC32C crc = new CRC32C();
        crc.update(contents[block]);
        require((int) crc.getValue() == crcs[crcsFrom + i], "block " + block + " has another CRC");
      }
      boolean fails = random.nextInt(1000) < failuresPerMille;
      callback.done(fails ? VolumeStatus.DAMAGED : VolumeStatus.OK);
    });
  }

  private void throwIfTold() {
    if (blocksUntilThrow-- == 0) {
      throw new IllegalStateException("a block operation that throws");
    }
  }

  @Override
  public Pin pinBlocks() {
    pins++;
    return new Pin() {
      private boolean released;

      @Override
      public void release() {
        require(!released, "a pin is released twice");
        released = true;
        pins--;
        reclaim();
      }
    };
  }

  private void reclaim() {
    if (pins > 0) {
      return;
    }
    freed.removeIf(f -> {
      if (f.sequence > commitSequence) {
        return false;
      }
      states[(int) f.block] = FREE;
      contents[(int) f.block] = new byte[BLOCK_BYTES];
      Arrays.fill(contents[(int) f.block], (byte) 0xdb);
      return true;
    });
  }

  @Override
  public ByteBuf buffer(int bytes) {
    if (random.nextInt(1000) < refusalsPerMille) {
      return null;
    }
    ByteBuf buffer = aligned(bytes, 0);
    byte[] garbage = new byte[bytes];
    Arrays.fill(garbage, (byte) 0xa5);
    buffer.setBytes(0, garbage);
    buffers.removeIf(b -> b.refCnt() == 0);
    buffers.add(buffer);
    return buffer;
  }

  /**
   * Direct memory at an address that is {@code shift} modulo 4096. The collector frees it: a
   * crashed volume never releases what it was writing.
   */
  static ByteBuf aligned(int bytes, int shift) {
    ByteBuffer whole = ByteBuffer.allocateDirect(bytes + 3 * BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
    return Unpooled.wrappedBuffer(whole.slice(shift, bytes));
  }

  @Override
  public SpaceStatus space() {
    long free = isFull() ? 0 : Math.max(0, count(FREE) + count(FREED) - reserveBlocks);
    long total = (long) states.length * BLOCK_BYTES;
    return new SpaceStatus(total, count(USED) * BLOCK_BYTES, free * BLOCK_BYTES);
  }

  private boolean isFull() {
    return spaceQuestions++ >= fullFrom;
  }

  // --- life ---

  @Override
  public long incarnation() {
    return incarnation;
  }

  @Override
  public VolumeCounters counters() {
    return counters;
  }

  @Override
  public boolean fenced() {
    return fenced;
  }

  void fence() {
    fenced = true;
    List<Waiting> all = List.copyOf(commitWaiters);
    commitWaiters.clear();
    all.forEach(w -> w.callback.done(VolumeStatus.FENCED));
  }

  @Override
  public void close(StatusCallback callback) {
    loop.complete(() -> {
      commitSequence = appendedSequence();
      callback.done(VolumeStatus.OK);
    });
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise); // no exception, which the store would end with IO_ERROR
    }
  }

  private record Freed(long block, long sequence) {}

  private record Waiting(long sequence, StatusCallback callback) {}

  private final class MemoryRecord implements Mutation {
    final List<Object[]> changes = new ArrayList<>();
    final List<BlockRun> allocated = new ArrayList<>();
    final List<BlockRun> freed = new ArrayList<>();
    int bytes;

    /** A put whose bytes are being written, and how many of them are the key's. */
    private ByteBuf written;

    private int writtenKeyBytes;
    private int writtenValueBytes;

    @Override
    public ByteBuf put(int keyBytes, int valueBytes) {
      finish();
      written = Unpooled.buffer(keyBytes + valueBytes);
      writtenKeyBytes = keyBytes;
      writtenValueBytes = valueBytes;
      return written;
    }

    /** Takes over the put that was written last. */
    void finish() {
      if (written == null) {
        return;
      }
      require(
          written.readableBytes() == writtenKeyBytes + writtenValueBytes,
          written.readableBytes() + " bytes are written, others were announced");
      byte[] key = new byte[writtenKeyBytes];
      byte[] value = new byte[writtenValueBytes];
      written.readBytes(key).readBytes(value);
      written = null;
      put(key, value);
    }

    @Override
    public Mutation put(byte[] key, byte[] value) {
      finish();
      changes.add(new Object[] {key, value});
      bytes += key.length + value.length + 8;
      return this;
    }

    @Override
    public Mutation delete(byte[] key) {
      finish();
      changes.add(new Object[] {key, null});
      bytes += key.length + 8;
      return this;
    }

    @Override
    public Mutation allocated(BlockRun run, int[] crcs, int crcsFrom) {
      finish();
      for (int i = 0; i < run.blocks(); i++) {
        int block = (int) run.address() + i;
        require(states[block] == RESERVED, "block " + block + " is recorded but not reserved");
        CRC32C crc = new CRC32C();
        crc.update(contents[block]);
        require((int) crc.getValue() == crcs[crcsFrom + i], "block " + block + " has another CRC");
      }
      allocated.add(run);
      bytes += 16 + 4 * run.blocks();
      return this;
    }

    @Override
    public Mutation freed(long address, int blocks) {
      finish();
      freed.add(new BlockRun(address, blocks));
      bytes += 16;
      return this;
    }

    @Override
    public int encodedBytes() {
      finish();
      return bytes;
    }
  }
}
