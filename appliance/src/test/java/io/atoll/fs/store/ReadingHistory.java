package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.atoll.io.sim.Fault;
import io.atoll.io.sim.FaultPlan;
import io.atoll.io.sim.QuietLog;
import io.atoll.io.sim.VolumeWorld;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.SplittableRandom;

/**
 * A file is overwritten while it is read, in a volume on a simulated disk that is all but full, so
 * that what was freed is written to again at once, and with a cache far smaller than the file, so
 * that readers come to the disk. Some disk operations take very long. Each reader is given every
 * block as it was at one moment of the reading, and never an error.
 */
final class ReadingHistory {
  private static final long MIB = 1 << 20;
  private static final long DISK_BYTES = 12 * MIB;
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 256;
  private static final int FILLING_BLOCKS = 64;
  private static final int MAX_FREE_BLOCKS = 24;
  private static final int OPERATIONS = 300;
  private static final int MAX_AT_ONCE = 12;
  private static final int MAX_BLOCKS_AT_ONCE = 8;
  private static final int MAX_STEPS_BETWEEN = 4;
  private static final int MAX_TRIES_FOR_ROOM = 200;
  private static final long ROOM_NANOS = 20_000_000;

  private final SplittableRandom random;
  private final StoreWorld world;
  private final FaultPlan plan;
  private TestFs fs;
  private FileHandle file;

  /** The generation that each block had at the last answer to a write of it. */
  private final int[] answered = new int[BLOCKS];

  /** The generation that was last given to a write of each block, done or under way. */
  private final int[] begun = new int[BLOCKS];

  private int inFlight;

  private ReadingHistory(long seed, VolumeWorld.Opener opener) {
    random = new SplittableRandom(seed);
    plan =
        FaultPlan.draw(
            random.split(),
            EnumSet.of(
                Fault.SLOW_OPERATIONS, Fault.SLOW_SYNCS, Fault.SLOW_WORKERS, Fault.BUSY_DISK));
    world =
        new StoreWorld(
            random.split(),
            VolumeWorld.inSmallRegions(
                random.nextBoolean() ? VolumeWorld.tightOptions() : VolumeWorld.punchingOptions(),
                random),
            DISK_BYTES);
    world.memory = TestFs.TINY_MEMORY;
    world.opener = opener;
  }

  /**
   * Lives through a seed.
   *
   * @param opener opens the volume: a mutant's, perhaps
   */
  static void run(long seed, VolumeWorld.Opener opener) {
    ReadingHistory history = new ReadingHistory(seed, opener);
    try (QuietLog _ = new QuietLog()) {
      history.live();
    } catch (RuntimeException | AssertionError e) {
      history.world.kill();
      throw new AssertionError("seed " + seed + ", " + history.plan + ": " + e.getMessage(), e);
    }
  }

  private void live() {
    fs = world.open(StoreSettings.DEFAULT);
    file = fs.file(fs.root(), "file");
    for (int block = 0; block < BLOCKS; block += FILLING_BLOCKS) {
      assertEquals(FsStatus.OK, put(file, (long) block * BLOCK, content(block, FILLING_BLOCKS)));
    }
    fill();
    world.begin(plan.storm());
    for (int i = 0; i < OPERATIONS; i++) {
      world.runUntil(() -> inFlight < MAX_AT_ONCE);
      if (random.nextBoolean()) {
        write();
      } else {
        read();
      }
      for (int steps = random.nextInt(MAX_STEPS_BETWEEN); steps > 0; steps--) {
        world.step();
      }
    }
    world.runUntil(() -> inFlight == 0);
    world.calm();
    assertEquals(0, fs.fs.store().defects().met(), "exceptions");
    assertTrue(world.close(), "it is fenced");
  }

  /** Leaves next to no space. */
  private void fill() {
    FileHandle filler = fs.file(fs.root(), "filler");
    long at = 0;
    for (int blocks = FILLING_BLOCKS; blocks > 0; ) {
      FsStatus status = put(filler, at, new byte[blocks * BLOCK]);
      if (status == FsStatus.OK) {
        at += (long) blocks * BLOCK;
      } else {
        assertEquals(FsStatus.NO_SPACE, status);
        blocks /= 2;
      }
    }
    fs.truncate(filler, at - (1 + random.nextInt(MAX_FREE_BLOCKS)) * (long) BLOCK);
  }

  /** Writes, again for as long as the volume grows or something is being freed. */
  private FsStatus put(FileHandle to, long offset, byte[] bytes) {
    FsStatus status = fs.write(to, offset, bytes).status();
    for (int tries = 0; status == FsStatus.DELAY && tries < MAX_TRIES_FOR_ROOM; tries++) {
      world.pass(ROOM_NANOS);
      status = fs.write(to, offset, bytes).status();
    }
    return status;
  }

  /** As many blocks as there are from {@code first} on of which none is being written. */
  private int idleBlocks(int first) {
    int most = Math.min(1 + random.nextInt(MAX_BLOCKS_AT_ONCE), BLOCKS - first);
    int idle = 0;
    while (idle < most && begun[first + idle] == answered[first + idle]) {
      idle++;
    }
    return idle;
  }

  private void write() {
    int first = random.nextInt(BLOCKS);
    int blocks = idleBlocks(first);
    if (blocks == 0) {
      return;
    }
    int[] before = Arrays.copyOfRange(answered, first, first + blocks);
    for (int i = first; i < first + blocks; i++) {
      begun[i]++;
    }
    byte[] bytes = content(first, blocks);
    ByteBuf data = MemoryVolume.aligned(bytes.length, 0);
    data.setBytes(0, bytes);
    Stability stability = random.nextBoolean() ? Stability.UNSTABLE : Stability.FILE_SYNC;
    inFlight++;
    fs.fs.write(
        new FsCall(TestFs.ROOT),
        file,
        true,
        (long) first * BLOCK,
        data,
        stability,
        (status, result) -> {
          inFlight--;
          for (int i = 0; i < blocks; i++) {
            if (status == FsStatus.OK) {
              answered[first + i] = begun[first + i];
            } else {
              begun[first + i] = before[i];
            }
          }
          assertTrue(
              status == FsStatus.OK || status == FsStatus.DELAY || status == FsStatus.NO_SPACE,
              () -> "a write ended with " + status);
        });
  }

  private void read() {
    int first = random.nextInt(BLOCKS);
    int blocks = Math.min(1 + random.nextInt(MAX_BLOCKS_AT_ONCE), BLOCKS - first);
    int[] least = Arrays.copyOfRange(answered, first, first + blocks);
    inFlight++;
    fs.fs.read(
        new FsCall(TestFs.ROOT),
        file,
        true,
        (long) first * BLOCK,
        blocks * BLOCK,
        (status, result) -> {
          inFlight--;
          if (status != FsStatus.DELAY) {
            assertEquals(FsStatus.OK, status, "a read on a sound disk");
            check(first, least, result);
          }
        });
  }

  private void check(int first, int[] least, ReadResult result) {
    ByteBuffer bytes = ByteBuffer.wrap(TestFs.take(result));
    for (int i = 0; i < least.length; i++) {
      int block = first + i;
      int generation = bytes.getInt(i * BLOCK + Integer.BYTES);
      String read = "generation " + generation + " of block " + block;
      assertTrue(
          generation >= least[i] && generation <= begun[block],
          () -> read + ", which was " + answered[block]);
      for (int at = i * BLOCK; at < (i + 1) * BLOCK; at += Long.BYTES) {
        assertEquals(stamp(block, generation), bytes.getLong(at), read);
      }
    }
  }

  private byte[] content(int first, int blocks) {
    ByteBuffer content = ByteBuffer.allocate(blocks * BLOCK);
    for (int block = first; block < first + blocks; block++) {
      for (int at = 0; at < BLOCK; at += Long.BYTES) {
        content.putLong(stamp(block, begun[block]));
      }
    }
    return content.array();
  }

  private static long stamp(int block, int generation) {
    return (long) block << Integer.SIZE | generation;
  }
}
