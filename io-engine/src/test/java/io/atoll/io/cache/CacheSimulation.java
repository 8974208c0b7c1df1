package io.atoll.io.cache;

import io.atoll.io.loop.Loop;
import io.atoll.io.sim.SimLaneLoop;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Files in a real volume on a simulated disk, read through a cache that is too small for them while
 * they are overwritten, truncated and removed, and while the disk decays. What is read must be what
 * was there when the reading began, and stay so for as long as the reply is held.
 */
final class CacheSimulation {

  /** So few that every read meets others. */
  private static final int FEW_GRANULES = 9;

  /** Enough for a queue of what is used again, for long ranges, and for lending up to the bound. */
  private static final int MANY_GRANULES = 40;

  private static final long MAX_PAUSE_NANOS = 60_000;
  private static final long MAX_HOLD_NANOS = 3_000_000;
  private static final int MAX_EVENTS = 200_000;
  private static final int FILLING_ROUNDS = 40;
  private static final int EVENTS_A_ROUND = 50;
  private static final int OPERATIONS = 400;
  private static final int TWO_LOOPS_ONE_IN = 3;
  private static final int BLOCK = Volume.BLOCK_BYTES;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final VolumeWorld world;
  private final Volume volume;
  private final SplittableRandom random;

  /** One of each for all simulations, which come one after the other. */
  private static final GranuleMemory FEW =
      new GranuleMemory((FEW_GRANULES + 1L) * CacheLimits.GRANULE_BYTES);

  private static final GranuleMemory MANY =
      new GranuleMemory((MANY_GRANULES + 1L) * CacheLimits.GRANULE_BYTES);

  private static final List<Shape> SHAPES = List.of(Shape.values());

  private final GranuleMemory memory;
  private final int viewsOutBefore;
  private final DataCache cache;
  private final Map<Long, List<Block>> files = new LinkedHashMap<>();
  private final Shape shape;
  private final boolean decaying;

  /** Reads from the disk, too, where it is asked to; null if the home loop has it all. */
  private final Loop dataLoop;

  /** Free space comes in single blocks. */
  private final boolean fragmented;

  private long nextInode = 1;
  private int operationsLeft = OPERATIONS;
  private int underWay;
  private int damaged;
  private AssertionError violation;

  /** What lies where; the content is made from the stamp. */
  private record Block(long address, long birth, int crc, long stamp) {
    static final Block HOLE = new Block(DataCache.HOLE, 0, 0, 0);
  }

  /** How much there is of everything. */
  private enum Shape {
    /** More files than the cache holds. */
    WIDE(FEW_GRANULES, 4, 5, 70, 160, 40),
    /**
     * So little, and so often overwritten unread, that a block comes to lie where it lay before.
     */
    NARROW(FEW_GRANULES, 4, 1, 6, 12, 40),
    /** Three times as much as the cache holds, some of it read again and again. */
    DEEP(MANY_GRANULES, 14, 8, 260, 2300, CacheLimits.MAX_RANGE_BLOCKS);

    final int granules;
    final long diskBytes;
    final int files;
    final int fileBlocks;
    final int freeBlocks;
    final int readBlocks;

    Shape(
        int granules,
        int diskMebibytes,
        int files,
        int fileBlocks,
        int freeBlocks,
        int readBlocks) {
      this.granules = granules;
      diskBytes = (long) diskMebibytes << 20;
      this.files = files;
      this.fileBlocks = fileBlocks;
      this.freeBlocks = freeBlocks;
      this.readBlocks = readBlocks;
    }
  }

  /** Makes a cache: a mutant, perhaps. */
  interface Maker {
    DataCache make(Volume volume, Loop loop, GranuleMemory memory);
  }

  private CacheSimulation(long seed, VolumeWorld.Opener opener, Maker maker) {
    random = new SplittableRandom(seed);
    shape = SHAPES.get(random.nextInt(SHAPES.size()));
    memory = shape.granules == FEW_GRANULES ? FEW : MANY;
    viewsOutBefore = memory.viewsOut();
    world =
        new VolumeWorld(random.split(), VolumeWorld.tightOptions(), shape.diskBytes, opener)
            .withoutModel();
    world.openFully();
    volume = world.volume();
    cache = maker.make(volume, world.loop(), memory);
    decaying = random.nextInt(3) == 0;
    fragmented = random.nextBoolean();
    dataLoop = random.nextInt(TWO_LOOPS_ONE_IN) == 0 ? addDataLoop() : null;
  }

  private Loop addDataLoop() {
    Loop added = new SimLaneLoop(world.loop());
    volume.addLane(added, world.disk(), status -> {});
    return added;
  }

  /** One history, to its end. */
  static void run(long seed, VolumeWorld.Opener opener, Maker maker) {
    CacheSimulation simulation = new CacheSimulation(seed, opener, maker);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    } finally {
      simulation.world.kill();
    }
  }

  /** Leaves so few free blocks that those which are freed are soon given out again. */
  private void fillUp() {
    List<BlockRun> taken = new ArrayList<>();
    for (int round = 0; round < FILLING_ROUNDS; round++) {
      for (List<BlockRun> more = take(); !more.isEmpty(); more = take()) {
        taken.addAll(more);
      }
      for (int i = 0; i < EVENTS_A_ROUND && world.loop().step(); i++) {}
    }
    int left = 0;
    while (left < shape.freeBlocks && !taken.isEmpty()) {
      BlockRun given = taken.removeLast();
      for (int i = 0; i < given.blocks(); i += fragmented ? 2 : given.blocks()) {
        BlockRun part = new BlockRun(given.address() + i, fragmented ? 1 : given.blocks());
        volume.abandon(List.of(part));
        left += part.blocks();
      }
    }
  }

  private List<BlockRun> take() {
    List<BlockRun> runs = volume.allocate(16, Volume.AllocationClass.DATA);
    return runs.isEmpty() ? volume.allocate(1, Volume.AllocationClass.DATA) : runs;
  }

  private void run() {
    fillUp();
    for (int i = 0; i < shape.files; i++) {
      files.put(nextInode++, new ArrayList<>());
    }
    int users = 1 + random.nextInt(8);
    for (int i = 0; i < users; i++) {
      later();
    }
    world.loop().runUntil(() -> violation != null || underWay == 0, MAX_EVENTS);
    if (violation != null) {
      throw violation;
    }
    require(cache.pinnedGranules() == 0, cache.pinnedGranules() + " granules are still pinned");
    require(cache.lentGranules() == 0, cache.lentGranules() + " granules are still lent");
    require(memory.viewsOut() == viewsOutBefore, memory.viewsOut() + " views are still out");
    require(decaying || damaged == 0, "damage on a sound disk");
  }

  private void require(boolean holds, String otherwise) {
    if (!holds && violation == null) {
      violation = new AssertionError(otherwise);
    }
    if (!holds) {
      throw violation;
    }
  }

  private void later() {
    underWay++;
    world.loop().later(MAX_PAUSE_NANOS, this::next);
  }

  private void next() {
    underWay--;
    if (operationsLeft-- <= 0 || violation != null) {
      return;
    }
    List<Long> inodes = List.copyOf(files.keySet());
    // Half of the time one of the first two: what is used again.
    long inode =
        inodes.get(
            random.nextInt(random.nextBoolean() ? Math.min(2, inodes.size()) : inodes.size()));
    if (shape == Shape.NARROW && random.nextInt(4) > 0) {
      write(inode);
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> write(inode);
      case 3 -> truncate(inode, random.nextInt(shape.fileBlocks));
      case 4 -> remove(inode);
      case 5 -> decay(inode);
      default -> read(inode);
    }
  }

  // --- changes ---

  private void write(long inode) {
    int first = random.nextInt(shape.fileBlocks);
    int count = 1 + random.nextInt(random.nextInt(4) == 0 ? shape.fileBlocks / 2 : 4);
    List<BlockRun> runs = volume.allocate(count, Volume.AllocationClass.DATA);
    if (runs.isEmpty()) {
      truncate(inode, 0);
      return;
    }
    underWay++;
    List<Block> written = new ArrayList<>();
    int[] pending = {runs.size()};
    for (BlockRun run : runs) {
      ByteBuf data = world.buffers().take(run.blocks() * BLOCK);
      for (int i = 0; i < run.blocks(); i++) {
        long stamp = random.nextLong();
        byte[] bytes = content(stamp);
        data.setBytes(i * BLOCK, bytes);
        written.add(new Block(run.address() + i, 0, crc(bytes), stamp));
      }
      volume.writeBlocks(
          run,
          data,
          0,
          status -> {
            data.release();
            if (--pending[0] == 0) {
              underWay--;
              written(inode, first, runs, written);
            }
          });
    }
  }

  private void written(long inode, int first, List<BlockRun> runs, List<Block> written) {
    List<Block> file = files.get(inode);
    if (file == null) {
      volume.abandon(runs);
      later();
      return;
    }
    Volume.Mutation record = volume.newMutation();
    int at = 0;
    for (BlockRun run : runs) {
      int[] crcs = new int[run.blocks()];
      for (int i = 0; i < crcs.length; i++) {
        crcs[i] = written.get(at + i).crc;
      }
      record.allocated(run, crcs, 0);
      at += crcs.length;
    }
    while (file.size() < first + written.size()) {
      file.add(Block.HOLE);
    }
    long birth = volume.appendedSequence() + 1;
    for (int i = 0; i < written.size(); i++) {
      Block block = written.get(i);
      free(record, file.get(first + i));
      file.set(first + i, new Block(block.address, birth, block.crc, block.stamp));
    }
    volume.append(record);
    if (random.nextInt(4) == 0) {
      keep(inode, first, runs, birth, written);
    }
    later();
  }

  private void keep(long inode, int first, List<BlockRun> runs, long birth, List<Block> written) {
    int at = 0;
    for (BlockRun run : runs) {
      ByteBuf data = world.buffers().take(run.blocks() * BLOCK);
      for (int i = 0; i < run.blocks(); i++) {
        data.setBytes(i * BLOCK, content(written.get(at + i).stamp));
      }
      cache.copyIn(inode, first + at, run.blocks(), run.address(), birth, data, 0);
      data.release();
      at += run.blocks();
    }
  }

  private static void free(Volume.Mutation record, Block block) {
    if (block.address != DataCache.HOLE) {
      record.freed(new BlockRun(block.address, 1));
    }
  }

  private void truncate(long inode, int blocks) {
    List<Block> file = files.get(inode);
    Volume.Mutation record = volume.newMutation();
    while (file.size() > blocks) {
      free(record, file.removeLast());
    }
    volume.append(record);
    later();
  }

  private void remove(long inode) {
    truncate(inode, 0);
    files.remove(inode);
    files.put(nextInode++, new ArrayList<>());
  }

  /** A bit of one of the file's blocks turns. */
  private void decay(long inode) {
    List<Block> file = files.get(inode);
    if (decaying && !file.isEmpty()) {
      Block block = file.get(random.nextInt(file.size()));
      if (block.address != DataCache.HOLE) {
        long offset = block.address * BLOCK + random.nextInt(BLOCK);
        world.disk().flipBit(VolumeWorld.EXTENTS, offset, random.nextInt(8));
        damaged++;
      }
    }
    later();
  }

  // --- reads ---

  private void read(long inode) {
    List<Block> file = files.get(inode);
    if (file.isEmpty()) {
      later();
      return;
    }
    int first = random.nextInt(file.size());
    int count = Math.min(file.size() - first, 1 + random.nextInt(shape.readBlocks));
    if (random.nextInt(6) == 0) {
      read(inode, first, count, Access.AHEAD);
    }
    read(inode, first, count, random.nextBoolean() ? Access.RANDOM : Access.SEQUENTIAL);
  }

  private void read(long inode, int first, int count, Access access) {
    List<Block> expected = List.copyOf(files.get(inode).subList(first, first + count));
    underWay++;
    CachedRange[] range = new CachedRange[1];
    range[0] = new CachedRange(cache, status -> ended(range[0], first, expected, access, status));
    range[0].begin(inode, first, count, access);
    if (dataLoop != null && random.nextBoolean()) {
      range[0].by(dataLoop);
    }
    for (int i = 0; i < count; i++) {
      Block block = expected.get(i);
      range[0].block(i, block.address, block.birth, block.crc);
    }
    range[0].start();
  }

  private void ended(
      CachedRange range, long first, List<Block> expected, Access access, RangeStatus status) {
    underWay--;
    if (status == RangeStatus.DAMAGED) {
      require(damaged > 0, "a sound disk's blocks read back as damaged");
    } else if (status == RangeStatus.BUSY) {
      require(
          access == Access.AHEAD || fragments(expected) > CacheLimits.MAX_FILLS_PER_RANGE,
          "a read is told that the cache is busy");
    }
    if (status != RangeStatus.OK || access == Access.AHEAD) {
      range.end();
      if (access != Access.AHEAD) {
        later();
      }
      return;
    }
    long from = first * BLOCK + random.nextInt(BLOCK);
    long to = (first + expected.size()) * BLOCK - random.nextInt(BLOCK);
    if (from >= to) {
      from = first * BLOCK;
      to = from + expected.size() * (long) BLOCK;
    }
    ByteBuf[] pieces = new ByteBuf[CachedRange.pieces(from, to)];
    require(range.lend(from, to, pieces), "no memory for a reply");
    require(
        cache.lentGranules() <= cache.granules() / CacheLimits.LENT_SHARE,
        cache.lentGranules() + " granules are lent");
    range.end();
    check(pieces, from, first, expected);
    underWay++;
    long start = from;
    world
        .loop()
        .later(
            MAX_HOLD_NANOS,
            () -> {
              underWay--;
              check(pieces, start, first, expected);
              for (ByteBuf piece : pieces) {
                piece.release();
              }
            });
    later();
  }

  /** Disk reads that a range needs if nothing of it is there. */
  private static int fragments(List<Block> range) {
    int fragments = 1;
    for (int i = 1; i < range.size(); i++) {
      fragments += range.get(i).address == range.get(i - 1).address + 1 ? 0 : 1;
    }
    return fragments;
  }

  private void check(ByteBuf[] pieces, long from, long first, List<Block> expected) {
    long at = from;
    for (ByteBuf piece : pieces) {
      for (int i = piece.readerIndex(); i < piece.writerIndex(); ) {
        int inBlock = (int) (at % BLOCK);
        int length = Math.min(BLOCK - inBlock, piece.writerIndex() - i);
        Block block = expected.get((int) (at / BLOCK - first));
        byte[] found = new byte[length];
        piece.getBytes(i, found);
        byte[] wanted = content(block.stamp);
        int differs = Arrays.mismatch(found, 0, length, wanted, inBlock, inBlock + length);
        require(differs < 0, "byte " + (at + differs) + " is another's");
        i += length;
        at += length;
      }
    }
  }

  private static byte[] content(long stamp) {
    byte[] bytes = new byte[BLOCK];
    for (int at = 0; at < BLOCK; at += Long.BYTES) {
      LONGS.set(bytes, at, stamp);
    }
    return bytes;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
