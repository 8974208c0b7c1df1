package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the cache asks of the disk, and what it gives out, over a real volume on a simulated disk.
 */
class DataCacheTest {
  private static final int BLOCK = Volume.BLOCK_BYTES;
  private static final int GRANULE = CacheLimits.GRANULE_BLOCKS;
  private static final int GRANULES = 16;
  private static final int MAX_EVENTS = 100_000;
  private static final long INODE = 7;

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(1), VolumeWorld.smallOptions(), 16L << 20)
          .withoutModel();
  private final GranuleMemory memory =
      new GranuleMemory((GRANULES + 1L) * CacheLimits.GRANULE_BYTES);
  private final LogVolume volume;
  private final DataCache cache;
  private final List<ByteBuf> replies = new ArrayList<>();
  private int nextFill = 1;

  DataCacheTest() {
    world.openFully();
    volume = (LogVolume) world.volume();
    cache = new DataCache(volume, world.loop(), memory);
  }

  @AfterEach
  void nothingIsPinnedInTheEnd() {
    replies.forEach(ByteBuf::release);
    assertEquals(0, cache.pinnedGranules());
    memory.close(); // tells views that are out
    world.kill();
  }

  /** A run of blocks on the disk, all bytes of one number. */
  private record Written(BlockRun run, long birth, int[] crcs, int fill) {}

  private Written write(int blocks) {
    List<BlockRun> runs = volume.allocate(blocks, Volume.AllocationClass.DATA);
    assertEquals(1, runs.size());
    int fill = nextFill++;
    ByteBuf data = world.buffers().take(blocks * BLOCK);
    byte[] bytes = new byte[BLOCK];
    java.util.Arrays.fill(bytes, (byte) fill);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int[] crcs = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      data.setBytes(i * BLOCK, bytes);
      crcs[i] = (int) crc.getValue();
    }
    boolean[] done = new boolean[1];
    volume.writeBlocks(runs.getFirst(), data, 0, status -> done[0] = true);
    world.loop().runUntil(() -> done[0], MAX_EVENTS);
    data.release();
    Volume.Mutation record = volume.newMutation().allocated(runs.getFirst(), crcs, 0);
    return new Written(runs.getFirst(), volume.append(record), crcs, fill);
  }

  /** One reading of a part of the file that begins with {@code written}. */
  private final class Reading {
    final int first;
    final int count;
    final CachedRange range = new CachedRange(cache, status -> this.status = status);
    RangeStatus status;

    Reading(Written written, int first, int count, Access access) {
      this.first = first;
      this.count = count;
      range.begin(INODE, first, count, access);
      for (int i = 0; i < count; i++) {
        range.block(i, written.run.address() + first + i, written.birth, written.crcs[first + i]);
      }
      range.start();
    }

    RangeStatus end() {
      world.loop().runUntil(() -> status != null, MAX_EVENTS);
      return status;
    }

    ByteBuf[] lend() {
      long from = (long) first * BLOCK;
      long to = from + (long) count * BLOCK;
      ByteBuf[] pieces = new ByteBuf[CachedRange.pieces(from, to)];
      assertTrue(range.lend(from, to, pieces));
      return pieces;
    }
  }

  private Reading start(Written written, int first, int count) {
    return new Reading(written, first, count, Access.RANDOM);
  }

  private ByteBuf[] read(Written written, int first, int count) {
    Reading reading = start(written, first, count);
    assertEquals(RangeStatus.OK, reading.end());
    ByteBuf[] pieces = reading.lend();
    reading.range.end();
    return pieces;
  }

  private void readAndRelease(Written written, int first, int count) {
    for (ByteBuf piece : read(written, first, count)) {
      assertEquals(written.fill, piece.getByte(piece.readerIndex()));
      assertEquals(written.fill, piece.getByte(piece.writerIndex() - 1));
      piece.release();
    }
  }

  private long diskReads() {
    return volume.counters().dataReads();
  }

  @Test
  void whatWasReadIsNotReadAgain() {
    Written file = write(40);
    readAndRelease(file, 3, 20);
    readAndRelease(file, 3, 20);
    readAndRelease(file, 5, 1);
    assertEquals(1, diskReads());
    assertEquals(20L * BLOCK, volume.counters().dataBytesRead());
  }

  @Test
  void onlyWhatMissesIsReadByOneOperationEachGap() {
    Written file = write(48);
    readAndRelease(file, 20, 4);
    readAndRelease(file, 0, 48);
    assertEquals(3, diskReads());
    assertEquals(48L * BLOCK, volume.counters().dataBytesRead());
  }

  @Test
  void blocksOnTheirWayAreWaitedFor() {
    Written file = write(32);
    Reading first = start(file, 0, 32);
    Reading second = start(file, 10, 10);
    assertEquals(RangeStatus.OK, second.end());
    assertEquals(RangeStatus.OK, first.end());
    first.range.end();
    second.range.end();
    assertEquals(1, diskReads());
  }

  @Test
  void replyIsTheGranulesOwnMemory() {
    Written file = write(GRANULE);
    ByteBuf[] first = read(file, 0, GRANULE);
    ByteBuf[] second = read(file, 0, GRANULE);
    assertEquals(
        first[0].memoryAddress() + first[0].readerIndex(),
        second[0].memoryAddress() + second[0].readerIndex());
    replies.addAll(List.of(first[0], second[0]));
  }

  @Test
  void replyStaysAsItIsWhateverIsReadNext() {
    Written old = write(GRANULE);
    ByteBuf[] reply = read(old, 0, GRANULE);
    Written overwritten = write(GRANULE);
    readAndRelease(overwritten, 0, GRANULE);
    for (int i = 0; i < reply[0].readableBytes(); i += BLOCK) {
      assertEquals(old.fill, reply[0].getByte(reply[0].readerIndex() + i));
    }
    replies.add(reply[0]);
    assertEquals(1, cache.counters().snapshot().replacements());
  }

  @Test
  void anotherBirthAtTheSameAddressIsAnotherBlock() {
    Written file = write(4);
    readAndRelease(file, 0, 4);
    readAndRelease(new Written(file.run, file.birth + 1, file.crcs, file.fill), 0, 4);
    assertEquals(2, diskReads());
  }

  @Test
  void holesNeedNoGranuleAndNoDisk() {
    CachedRange[] range = new CachedRange[1];
    RangeStatus[] ended = new RangeStatus[1];
    range[0] = new CachedRange(cache, status -> ended[0] = status);
    range[0].begin(INODE, 5, 40, Access.RANDOM);
    for (int i = 0; i < 40; i++) {
      range[0].block(i, DataCache.HOLE, 0, 0);
    }
    range[0].start();
    assertEquals(RangeStatus.OK, ended[0]);
    ByteBuf[] pieces = new ByteBuf[CachedRange.pieces(5 * BLOCK, 45 * BLOCK)];
    assertTrue(range[0].lend(5 * BLOCK, 45 * BLOCK, pieces));
    range[0].end();
    for (ByteBuf piece : pieces) {
      assertEquals(-1, piece.forEachByte(each -> each == 0));
      piece.release();
    }
    assertEquals(0, diskReads());
    assertEquals(0, cache.pinnedGranules());
  }

  @Test
  void damagedBlockFailsThoseAloneWhoNeedIt() {
    Written file = write(32);
    world.disk().flipBit(VolumeWorld.EXTENTS, (file.run.address() + 9) * BLOCK + 5, 3);
    Reading all = start(file, 0, 32);
    assertEquals(RangeStatus.DAMAGED, all.end());
    all.range.end();
    long before = diskReads();
    readAndRelease(file, 0, 9);
    readAndRelease(file, 10, 22);
    assertEquals(before, diskReads(), "what was good is cached");
    Reading bad = start(file, 9, 1);
    assertEquals(RangeStatus.DAMAGED, bad.end());
    bad.range.end();
    world.disk().flipBit(VolumeWorld.EXTENTS, (file.run.address() + 9) * BLOCK + 5, 3);
    readAndRelease(file, 9, 1);
  }

  /** Blocks of the file, one after the other, none of which lies beside the one before. */
  private List<Written> scattered(int blocks) {
    List<Written> written = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      written.add(write(2)); // of which the first block is used
    }
    return written;
  }

  private static void begin(CachedRange range, int first, List<Written> blocks) {
    range.begin(INODE, first, blocks.size(), Access.RANDOM);
    for (int i = 0; i < blocks.size(); i++) {
      Written each = blocks.get(i);
      range.block(i, each.run.address(), each.birth, each.crcs[0]);
    }
  }

  @Test
  void blockOverwrittenBeforeItsTurnIsNotTakenForTheOldOne() {
    int last = CacheLimits.MAX_FILLS_PER_RANGE;
    List<Written> file = scattered(last + 1);
    List<Written> overwritten = scattered(1);
    RangeStatus[] ended = new RangeStatus[2];
    CachedRange all = new CachedRange(cache, status -> ended[0] = status);
    CachedRange latest = new CachedRange(cache, status -> ended[1] = status);
    begin(all, 0, file);
    all.start();
    begin(latest, last, overwritten);
    latest.start();
    world.loop().runUntil(() -> ended[0] != null && ended[1] != null, MAX_EVENTS);
    assertEquals(RangeStatus.OK, ended[1]);
    assertEquals(RangeStatus.BUSY, ended[0]);
    all.end();
    latest.end();
  }

  @Test
  void rangeThatADefectMeetsWhenItStartsEndsWithItsReads() {
    int[] taken = new int[1];
    DataCache broken =
        new DataCache(volume, world.loop(), memory) {
          @Override
          Fill takeFill() {
            if (++taken[0] == 2) {
              throw new IllegalStateException("a defect");
            }
            return super.takeFill();
          }
        };
    RangeStatus[] ended = new RangeStatus[1];
    CachedRange range = new CachedRange(broken, status -> ended[0] = status);
    begin(range, 0, scattered(2));
    assertThrows(IllegalStateException.class, range::start);
    assertTrue(range.isBusy());
    world.loop().runUntil(() -> ended[0] != null, MAX_EVENTS);
    assertEquals(RangeStatus.DAMAGED, ended[0]);
    range.end();
    assertEquals(0, broken.pinnedGranules());
  }

  /** After damage, the blocks of a fill are read one by one. */
  @Test
  void rangeEndsThoughTheReadOfASingleBlockThrows() {
    Written file = write(8);
    world.disk().flipBit(VolumeWorld.EXTENTS, (file.run.address() + 6) * BLOCK, 3);
    int[] reads = new int[1];
    Volume throwing =
        (Volume)
            Proxy.newProxyInstance(
                Volume.class.getClassLoader(),
                new Class<?>[] {Volume.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("readBlocks") && ++reads[0] == 4) {
                    throw new IllegalStateException("a defect");
                  }
                  return method.invoke(volume, arguments);
                });
    List<RuntimeException> reported = new ArrayList<>();
    DataCache broken =
        new DataCache(throwing, world.loop(), memory) {
          @Override
          void report(RuntimeException defect) {
            reported.add(defect);
          }
        };
    RangeStatus[] ended = new RangeStatus[1];
    CachedRange range = new CachedRange(broken, status -> ended[0] = status);
    range.begin(INODE, 0, 8, Access.RANDOM);
    for (int i = 0; i < 8; i++) {
      range.block(i, file.run.address() + i, file.birth, file.crcs[i]);
    }
    range.start();
    world.loop().runUntil(() -> ended[0] != null, MAX_EVENTS);
    assertEquals(RangeStatus.DAMAGED, ended[0]);
    assertEquals(1, reported.size());
    range.end();
    assertEquals(0, broken.pinnedGranules());
  }

  @Test
  void blockPutInIsFoundByItsIdentityAlone() {
    Written file = write(2);
    ByteBuf block = world.buffers().take(BLOCK).setZero(0, BLOCK).setByte(17, 5);
    ByteBuf found = world.buffers().take(BLOCK);
    cache.copyIn(INODE, 1, 1, 100, 7, block, 0);
    assertTrue(cache.copyOut(INODE, 1, 100, 7, found, 0));
    assertEquals(5, found.getByte(17));
    assertFalse(cache.copyOut(INODE, 1, 100, 8, found, 0), "another birth");
    assertFalse(cache.copyOut(INODE, 1, 101, 7, found, 0), "another address");
    assertFalse(cache.copyOut(INODE, 0, 100, 7, found, 0), "another block");
    assertFalse(cache.copyOut(INODE + 1, 1, 100, 7, found, 0), "another file");
    block.setByte(17, 6);
    cache.copyIn(INODE, 1, 1, 101, 8, block, 0);
    assertFalse(cache.copyOut(INODE, 1, 100, 7, found, 0), "what it was before");
    assertTrue(cache.copyOut(INODE, 1, 101, 8, found, 0));
    assertEquals(6, found.getByte(17));
    block.release();
    found.release();
    readAndRelease(file, 0, 2);
  }

  @Test
  void blockPutInLeavesWhatSomeoneStillUses() {
    Written file = write(2);
    ByteBuf[] lent = read(file, 0, 2);
    ByteBuf block = world.buffers().take(BLOCK).setZero(0, BLOCK);
    cache.copyIn(INODE, 1, 1, 100, 99, block, 0);
    assertEquals(file.fill, lent[0].getByte(lent[0].writerIndex() - 1));
    assertFalse(cache.copyOut(INODE, 1, 100, 99, block, 0));
    block.release();
    lent[0].release();
  }

  @Test
  void runPutInIsFoundButForWhatSomeoneStillUses() {
    Written file = write(2 * GRANULE);
    ByteBuf[] lent = read(file, GRANULE + 1, 2);
    int first = GRANULE - 2;
    int blocks = GRANULE + 1;
    ByteBuf run = world.buffers().take(blocks * BLOCK);
    for (int i = 0; i < blocks; i++) {
      run.setZero(i * BLOCK, BLOCK).setByte(i * BLOCK, i + 1);
    }
    cache.copyIn(INODE, first, blocks, 500, 99, run, 0);
    ByteBuf found = world.buffers().take(BLOCK);
    for (int i = 0; i < blocks; i++) {
      int block = first + i;
      boolean used = block == GRANULE + 1 || block == GRANULE + 2;
      assertEquals(!used, cache.copyOut(INODE, block, 500 + i, 99, found, 0), "block " + block);
      assertTrue(used || found.getByte(0) == i + 1, "block " + block);
    }
    assertEquals(blocks - 2, cache.counters().snapshot().blocksWritten());
    run.release();
    found.release();
    lent[0].release();
  }

  @Test
  void streamOfWritesDisplacesNothingThatIsReadAgain() {
    Written file = write(GRANULE);
    for (int i = 0; i < 3; i++) {
      readAndRelease(file, 0, GRANULE);
    }
    ByteBuf run = world.buffers().take(GRANULE * BLOCK).setZero(0, GRANULE * BLOCK);
    for (int i = 0; i < 4 * GRANULES; i++) {
      for (int block = 0; block < GRANULE; block++) {
        cache.copyIn(INODE + 1, (long) i * GRANULE + block, 1, 100, 99, run, 0);
      }
    }
    run.release();
    long fills = cache.counters().snapshot().fills();
    readAndRelease(file, 0, GRANULE);
    assertEquals(fills, cache.counters().snapshot().fills());
  }

  @Test
  void atMostHalfIsLentAndTheRestIsCopied() {
    int half = GRANULES / CacheLimits.LENT_SHARE;
    Written file = write((half + 4) * GRANULE);
    for (int i = 0; i < half + 4; i++) {
      replies.add(read(file, i * GRANULE, 1)[0]);
      replies.add(read(file, i * GRANULE, 1)[0]);
    }
    assertEquals(half, cache.lentGranules());
    assertEquals(half, cache.pinnedGranules());
    assertEquals(8, cache.counters().snapshot().copiedPieces());
    for (ByteBuf reply : replies) {
      assertEquals(file.fill, reply.getByte(reply.readerIndex()));
      assertEquals(BLOCK, reply.readableBytes());
    }
  }

  @Test
  void whoFindsNoGranuleWaitsForOne() {
    Written file = write(20 * GRANULE);
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      readings.add(start(file, i * GRANULE, 1));
    }
    world
        .loop()
        .runUntil(
            () -> readings.subList(0, GRANULES).stream().allMatch(each -> each.status != null),
            MAX_EVENTS);
    assertTrue(readings.subList(GRANULES, 20).stream().allMatch(each -> each.status == null));
    for (Reading each : readings) {
      assertEquals(RangeStatus.OK, each.end());
      each.range.end();
    }
    assertEquals(4, cache.counters().snapshot().rangesWaited());
  }

  @Test
  void readingAheadNeverWaits() {
    Written file = write(20 * GRANULE);
    Reading ahead = new Reading(file, 0, 4 * GRANULE, Access.AHEAD);
    assertEquals(RangeStatus.OK, ahead.end());
    ahead.range.end();
    Reading more = new Reading(file, 4 * GRANULE, GRANULE, Access.AHEAD);
    assertEquals(RangeStatus.BUSY, more.status, "a quarter of the cache is unread already");
    more.range.end();
    readAndRelease(file, 0, 4 * GRANULE);
    assertEquals(1, diskReads());
    assertEquals(0, cache.counters().snapshot().granulesAheadWasted());
  }

  @Test
  void whatIsReadOnceDoesNotDisplaceWhatIsReadOften() {
    Written file = write(20 * GRANULE);
    for (int i = 0; i < 3; i++) {
      readAndRelease(file, 0, 2 * GRANULE);
    }
    for (int i = 2; i < 20; i++) {
      readAndRelease(file, i * GRANULE, GRANULE);
    }
    long before = diskReads();
    readAndRelease(file, 0, 2 * GRANULE);
    assertEquals(before, diskReads());
  }

  @Test
  void fencedVolumeEndsReads() {
    Written file = write(4);
    world.disk().faults((operation, name, offset) -> io.atoll.io.disk.Errno.EIO);
    volume.append(volume.newMutation().put(new byte[] {1}, new byte[] {1}));
    world.loop().runUntil(volume::fenced, MAX_EVENTS);
    Reading reading = start(file, 0, 4);
    assertEquals(RangeStatus.FENCED, reading.end());
    reading.range.end();
    assertFalse(reading.range.isBusy());
  }
}
