package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.index.IndexException;
import io.atoll.io.sim.SimBuffers;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.SimLoop;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.MapMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Volumes that share a disk are filled until it is full, changed, and emptied again. None takes
 * what the others' indexes need, with its log or with its extents, and none is fenced.
 */
class SharedDiskTest {
  private static final long MIB = 1L << 20;
  private static final int VOLUMES = 3;
  private static final int SEEDS = 20;

  /** What its files take from the first, of two log segments, extents and ballast. */
  private static final long EMPTY_BYTES = 5 * MIB;

  /** What an index must find free when it is flushed, for a moment. */
  private static final long FLUSH_BYTES = MIB / 4;

  private static final int RUN_BLOCKS = 64;
  private static final byte[] VALUE = new byte[200 * 1024];
  private static final int MAX_EVENTS = 1_000_000;

  /** With a log that may become much longer than the disk's reserve has room for. */
  private static VolumeOptions options() {
    VolumeOptions small = VolumeWorld.smallOptions();
    return new VolumeOptions(
            small.logSegmentBytes(),
            16,
            small.groupBytes(),
            small.growStepBytes(),
            small.preWriteAheadBytes(),
            small.preWriteBytesPerSecond(),
            small.reserveBytes(),
            2 * MIB,
            small.maxUnappliedBytes())
        .gatheringFor(small.gatherNanos());
  }

  @Test
  void allAreFilledAndEmptiedAndNoneIsFenced() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        new Disk(seed).fillAndEmpty();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** A disk, and the volumes on it. */
  private static final class Disk {
    private final SplittableRandom random;
    private final SimLoop loop;
    private final SimBuffers buffers = new SimBuffers();
    private final List<SimDisk> folders = new ArrayList<>();
    private final List<One> volumes = new ArrayList<>();
    private final DiskSpace space = new DiskSpace(this::usableBytes);

    Disk(long seed) {
      random = new SplittableRandom(seed);
      loop = new SimLoop(random.split());
      long bytes = VOLUMES * EMPTY_BYTES + options().diskReserveBytes() + random.nextInt(8) * MIB;
      for (int i = 0; i < VOLUMES; i++) {
        folders.add(new SimDisk(loop, random.split(), bytes));
        if (i > 0) {
          folders.get(i).shareWith(folders.getFirst());
        }
      }
    }

    long usableBytes() {
      return folders.getFirst().usableBytes();
    }

    void fillAndEmpty() {
      folders.forEach(folder -> volumes.add(new One(this, folder)));
      loop.runUntil(() -> volumes.stream().allMatch(each -> each.volume != null), MAX_EVENTS);
      fill();
      // In the place of what is there: no volume gets larger, and logs come round.
      for (int round = 0; round < 12; round++) {
        volumes.forEach(One::change);
        await();
      }
      volumes.forEach(One::empty);
      await();
      assertTrue(usableBytes() >= FLUSH_BYTES, usableBytes() + " bytes are left");
      fill();
      volumes.forEach(one -> one.volume.close(status -> one.closed = status));
      loop.runUntil(() -> volumes.stream().allMatch(each -> each.closed != null), MAX_EVENTS);
      volumes.forEach(each -> assertEquals(VolumeStatus.OK, each.closed));
    }

    /** All at once, until none gets any further. */
    private void fill() {
      for (One one : volumes) {
        one.full = false;
        one.fill();
      }
      loop.runUntil(() -> volumes.stream().allMatch(each -> each.full), MAX_EVENTS);
      await();
      volumes.forEach(each -> assertFalse(each.runs.isEmpty(), "nothing fitted"));
    }

    private void await() {
      int[] waiting = {volumes.size()};
      for (One one : volumes) {
        one.volume.awaitCommit(
            one.volume.appendedSequence(),
            status -> {
              assertEquals(VolumeStatus.OK, status);
              waiting[0]--;
            });
      }
      loop.runUntil(() -> waiting[0] == 0, MAX_EVENTS);
    }
  }

  /** A volume. */
  private static final class One {
    private final Deque<BlockRun> runs = new ArrayDeque<>();
    private Volume volume;
    private VolumeStatus closed;
    private boolean full;

    One(Disk on, SimDisk folder) {
      SimIndex.Store index = new SimIndex.Store();
      index.faults(call -> {
        if (call == SimIndex.Call.FLUSH && on.usableBytes() < FLUSH_BYTES) {
          throw new IndexException("no room for a flush", null);
        }
      });
      LogVolume.open(
          new VolumeEnvironment(
              on.loop,
              on.loop,
              on.loop,
              folder,
              index::open,
              on.buffers,
              on.buffers,
              on.space,
              true,
              MapMemory.unbounded(),
              on.random.split()),
          options(),
          (opened, failure) -> {
            if (failure != null) {
              throw new AssertionError("a volume does not open", failure);
            }
            volume = opened;
          });
    }

    void fill() {
      assertFalse(volume.fenced(), "fenced");
      List<BlockRun> got = volume.allocate(RUN_BLOCKS, Volume.AllocationClass.DATA);
      if (!got.isEmpty()) {
        Volume.Mutation record = volume.newMutation();
        for (BlockRun run : got) {
          record.allocated(run, new int[run.blocks()], 0);
          runs.add(run);
        }
        long sequence = volume.append(record.put(new byte[] {1}, VALUE));
        volume.awaitCommit(sequence, status -> fill());
      } else if (volume.spaceComing()) {
        volume.awaitSpace(RUN_BLOCKS, Volume.AllocationClass.DATA, status -> fill());
      } else {
        full = true;
      }
    }

    void change() {
      volume.append(volume.newMutation().put(new byte[] {1}, VALUE));
    }

    void empty() {
      while (!runs.isEmpty()) {
        volume.append(volume.newMutation().freed(runs.poll()).put(new byte[] {1}, VALUE));
      }
    }
  }
}
