package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.ForwardingDisk;
import io.atoll.io.disk.ForwardingFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.VolumeWorkload;
import io.atoll.io.sim.VolumeWorld;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bit of the log turns on its way from the disk while a volume is opened after a crash. */
class MisreadLogTest {
  private static final int BLOCK = 4096;
  private static final int MAX_EVENTS = 100_000;
  private static final String SEGMENT = "log/0000";

  /** In a group: of its header, of its first record's, and of what that says. */
  private static final int[] PLACES = {3, 130, 200};

  /** Each group is read by the scan, and again by the check of the last one or the replay. */
  private static final int MAX_READS = 3;

  private VolumeWorld world;

  @AfterEach
  void end() {
    world.kill();
  }

  /** The invariants that hold after each opening say so. */
  @Test
  void oneWrongReadOfAnyGroupCostsNothing() {
    int groups = crash().size();
    for (int group = 0; group < groups; group++) {
      for (int place : PLACES) {
        for (int read = 0; read < MAX_READS; read++) {
          world.kill();
          Misreading misreading = new Misreading(crash().get(group) + place, read, 1);
          world.opensWith(misreading::open);
          try {
            world.openFully();
          } catch (AssertionError e) {
            throw new AssertionError(
                "read " + read + " of byte " + place + " of group " + group, e);
          }
          assertTrue(read > 0 || misreading.reads > 1, "group " + group + " was not read again");
        }
      }
    }
  }

  @Test
  void aGroupThatReadsWronglyEachTimeIsToldAsDamage() {
    int groups = crash().size();
    for (int group = 0; group < groups - 1; group++) {
      for (int place : PLACES) {
        world.kill();
        long at = crash().get(group) + place;
        world.opensWith(new Misreading(at, 0, Integer.MAX_VALUE)::open);
        VolumeOpenException refused = world.openRefused();
        assertEquals(VolumeOpenException.Reason.DAMAGE, refused.reason());
        String message = refused.getMessage();
        assertTrue(message.contains("group " + (group + 1)), message);
        assertTrue(message.contains(SEGMENT), message);
      }
    }
  }

  /** A new world that has crashed; the groups of its log, all to be replayed. */
  private List<Long> crash() {
    world = new VolumeWorld(new SplittableRandom(7), VolumeWorld.smallOptions(), 16 << 20);
    world.openFully();
    VolumeWorkload workload = new VolumeWorkload(world);
    workload.start(3);
    world.loop().runUntil(() -> world.volume().commitSequence() >= 12, MAX_EVENTS);
    workload.stop();
    world.index().loseUnflushed();
    world.kill();
    List<Long> offsets = new ArrayList<>();
    SimDisk disk = world.disk();
    for (long page = 0; page * BLOCK < disk.lengthBytes(SEGMENT); page++) {
      byte[] bytes = disk.visiblePage(SEGMENT, page);
      if (bytes[0] == 'A' && bytes[1] == 'T' && bytes[2] == 'L' && bytes[3] == 'G') {
        offsets.add(page * BLOCK);
      }
    }
    return offsets;
  }

  /** Some reads of one byte of the segment bring another one. */
  private static final class Misreading {
    private final long at;
    private final int from;
    private final int count;
    private int reads;

    Misreading(long at, int from, int count) {
      this.at = at;
      this.from = from;
      this.count = count;
    }

    void open(VolumeEnvironment environment, VolumeOptions options, LogVolume.Opened opened) {
      LogVolume.open(
          new VolumeEnvironment(
              environment.loop(),
              environment.workers(),
              environment.checkpointWorkers(),
              new Misreader(environment.disk()),
              environment.index(),
              environment.buffers(),
              environment.space()::usableBytes,
              environment.overwritesInPlace(),
              environment.random()),
          options,
          opened);
    }

    private final class Misreader extends ForwardingDisk {
      Misreader(Disk disk) {
        super(disk);
      }

      @Override
      protected DiskFile opened(String name, DiskFile file) {
        return name.equals(SEGMENT) ? new MisreadFile(file) : file;
      }
    }

    private final class MisreadFile extends ForwardingFile {
      MisreadFile(DiskFile file) {
        super(file);
      }

      @Override
      public void read(
          ByteBuf buffer,
          int index,
          int length,
          long offsetBytes,
          IoCompletion completion,
          long cookie) {
        IoCompletion spoiling =
            (own, result) -> {
              if (at >= offsetBytes && at < offsetBytes + result) {
                int number = reads++;
                if (number >= from && number - from < count) {
                  int turned = index + (int) (at - offsetBytes);
                  buffer.setByte(turned, buffer.getByte(turned) ^ 1);
                }
              }
              completion.completed(own, result);
            };
        super.read(buffer, index, length, offsetBytes, spoiling, cookie);
      }
    }
  }
}
