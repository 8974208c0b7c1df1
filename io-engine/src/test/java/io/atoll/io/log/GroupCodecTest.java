package io.atoll.io.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedMemory;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GroupCodecTest {

  private static final int GROUP_BYTES = 64 * 1024;
  private static final long SALT = 0x1234_5678_9abc_def0L;

  private final GroupCodec codec = new GroupCodec(SALT);

  @Test
  void whatIsWrittenIsReadBack() {
    ByteBuf group = group(3);
    GroupHeader header = codec.decodeHeader(group, 0);
    assertNotNull(header);
    assertEquals(17, header.number());
    assertEquals(100, header.firstSequence());
    assertEquals(102, header.lastSequence());
    assertTrue(codec.recordsIntact(group, 0, header));
    List<String> seen = new ArrayList<>();
    assertNull(
        codec.forEachRecord(
            group,
            0,
            header,
            (sequence, changes) -> {
              seen.add("record " + sequence);
              changes.forEach(new Describer(seen));
            }));
    assertEquals(
        List.of(
            "record 100",
            "put 1=0",
            "delete 9",
            "allocated 5+2 crcs 7,8",
            "freed 40+3",
            "record 101",
            "put 1=1",
            "delete 9",
            "allocated 5+2 crcs 7,8",
            "freed 40+3",
            "record 102",
            "put 1=2",
            "delete 9",
            "allocated 5+2 crcs 7,8",
            "freed 40+3"),
        seen);
  }

  @Test
  void everyFlippedBitOfHeaderAndRecordsIsNoticed() {
    ByteBuf group = group(2);
    int used = GroupCodec.HEADER_BYTES + codec.decodeHeader(group, 0).recordBytes();
    for (int bit = 0; bit < used * 8; bit++) {
      flip(group, bit);
      GroupHeader header = codec.decodeHeader(group, 0);
      assertFalse(header != null && codec.recordsIntact(group, 0, header), "bit " + bit);
      flip(group, bit);
    }
  }

  @Test
  void groupOfAnotherVolumeIsNone() {
    assertNull(new GroupCodec(SALT + 1).decodeHeader(group(1), 0));
  }

  @Test
  void randomBytesNeverThrow() {
    SplittableRandom random = new SplittableRandom(3);
    byte[] bytes = new byte[4096];
    ByteBuf buffer = AlignedMemory.allocate(4096);
    ChangeList changes = new ChangeList();
    for (int i = 0; i < 20_000; i++) {
      random.nextBytes(bytes);
      for (int at = 0; at < bytes.length; at += 1 + random.nextInt(40)) {
        bytes[at] = (byte) random.nextInt(6);
      }
      buffer.setBytes(0, bytes);
      changes.decode(buffer, random.nextInt(100), random.nextInt(3000));
      assertTrue(changes.encodedBytes() <= 3000);
    }
  }

  @Test
  void clearedListIsReusedWithoutOldChanges() {
    ChangeList changes = new ChangeList();
    changes.put(new byte[] {1}, new byte[100]);
    changes.allocated(1, 3, new int[] {1, 2, 3}, 0);
    changes.clear();
    assertEquals(0, changes.encodedBytes());
    changes.delete(new byte[] {2});
    List<String> seen = new ArrayList<>();
    changes.forEach(new Describer(seen));
    assertEquals(List.of("delete 2"), seen);
  }

  private ByteBuf group(int records) {
    CommitGroup group = new CommitGroup(AlignedMemory.allocate(GROUP_BYTES), GROUP_BYTES);
    group.begin(new GroupCodec.RecordPlace(4, 0, 17), 100, 0xabcd);
    for (int i = 0; i < records; i++) {
      ChangeList changes = new ChangeList();
      changes.put(new byte[] {1}, new byte[] {(byte) i});
      changes.delete(new byte[] {9});
      changes.allocated(5, 2, new int[] {6, 7, 8}, 1);
      changes.freed(40, 3);
      assertTrue(group.fits(changes));
      group.add(codec, 100 + i, changes, false);
    }
    group.seal(codec);
    assertEquals(4096, group.sealedBytes());
    return group.buffer();
  }

  private static void flip(ByteBuf buffer, int bit) {
    buffer.setByte(bit / 8, buffer.getByte(bit / 8) ^ 1 << bit % 8);
  }

  private record Describer(List<String> seen) implements ChangeVisitor {
    @Override
    public void put(byte[] key, byte[] value) {
      assertArrayEquals(new byte[] {1}, key);
      seen.add("put " + key[0] + "=" + value[0]);
    }

    @Override
    public void delete(byte[] key) {
      seen.add("delete " + key[0]);
    }

    @Override
    public void allocated(long address, int blocks, int[] crcs, int crcsFrom) {
      seen.add(
          "allocated "
              + address
              + "+"
              + blocks
              + " crcs "
              + crcs[crcsFrom]
              + ","
              + crcs[crcsFrom + 1]);
    }

    @Override
    public void freed(long address, int blocks) {
      seen.add("freed " + address + "+" + blocks);
    }
  }
}
