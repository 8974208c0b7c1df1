package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.VolumeWorld;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever may write to the volume chooses bytes in its log, and can't keep it shut with them. */
class ForgedHeadersTest {

  private static final int BLOCK = 4096;
  private static final int HEADER_BYTES = 128;
  private static final int MAX_EVENTS = 100_000;
  private static final int SEGMENTS = 4;

  /**
   * With the record's and the change's heads, as long as a header: all its bytes lie on the grid.
   */
  private static final byte[] KEY = new byte[HEADER_BYTES - 48 - 7];

  private static final int VALUE_BYTES = 2048;

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(5), VolumeWorld.smallOptions(), 16 << 20).withoutModel();

  @AfterEach
  void end() {
    world.kill();
  }

  /** What a cut leaves of old groups in a recycled segment looks like another volume's log. */
  @Test
  void headersInUsersDataAreNotTakenForAnotherVolumesLog() {
    SplittableRandom random = new SplittableRandom(9);
    byte[] value = forgedHeaders();
    int forgedMost = 0;
    for (int round = 0; round < 20; round++) {
      world.openFully();
      Volume volume = world.volume();
      for (int group = 0; group < 40; group++) {
        append(volume, value, 1 + random.nextInt(40));
      }
      world.kill();
      forgedMost = Math.max(forgedMost, forgedBlocks());
    }
    assertTrue(forgedMost > 1, "no forged header ever began a block");
    world.openFully();
    List<byte[]> read = new ArrayList<>();
    world.volume().get(KEY, (status, found) -> read.add(found));
    world.loop().runUntil(() -> !read.isEmpty(), MAX_EVENTS);
    assertArrayEquals(value, read.getFirst());
  }

  private void append(Volume volume, byte[] value, int records) {
    long sequence = 0;
    for (int i = 0; i < records; i++) {
      sequence = volume.append(volume.newMutation().put(KEY, value));
    }
    List<VolumeStatus> ended = new ArrayList<>();
    volume.awaitCommit(sequence, ended::add);
    world.loop().runUntil(() -> !ended.isEmpty(), MAX_EVENTS);
    volume.awaitRoom(ended::add);
    world.loop().runUntil(() -> ended.size() == 2, MAX_EVENTS);
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.OK), ended);
  }

  /** A value of nothing but headers of one strange log, whose checksums agree with each other. */
  private static byte[] forgedHeaders() {
    ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < VALUE_BYTES; at += HEADER_BYTES) {
      value.putInt(at, 0x474c5441).putShort(at + 4, (short) 1).putShort(at + 6, (short) 128);
      value.putInt(at + HEADER_BYTES - 4, 0x1234_5678);
    }
    return value.array();
  }

  /** How many blocks of the log begin with a forged header. */
  private int forgedBlocks() {
    int count = 0;
    for (int segment = 0; segment < SEGMENTS; segment++) {
      String name = "log/000" + segment;
      long pages = world.disk().exists(name) ? world.disk().lengthBytes(name) / BLOCK : 0;
      for (long page = 0; page < pages; page++) {
        ByteBuffer bytes = ByteBuffer.wrap(world.disk().visiblePage(name, page));
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        boolean forged =
            bytes.getInt(0) == 0x474c5441 && bytes.getInt(HEADER_BYTES - 4) == 0x1234_5678;
        count += forged ? 1 : 0;
      }
    }
    return count;
  }
}
