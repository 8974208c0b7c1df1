package io.atoll.io.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
  private final RecordMemory memory = new RecordMemory(bytes -> null);

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
  void aListIsReusedWithoutOldChanges() {
    ChangeList changes = new ChangeList();
    changes.begin(memory);
    changes.put(new byte[] {1}, new byte[100]);
    changes.allocated(1, 3, new int[] {1, 2, 3}, 0);
    changes.keep(1);
    changes.clear();
    assertEquals(0, changes.encodedBytes());
    changes.begin(memory);
    changes.delete(new byte[] {2});
    List<String> seen = new ArrayList<>();
    changes.forEach(new Describer(seen));
    assertEquals(List.of("delete 2"), seen);
  }

  @Test
  void recordsStayAsTheyAreUntilTheyAreReleased() {
    List<ChangeList> records = new ArrayList<>();
    int bytes = 0;
    while (bytes < 3 * RecordMemory.SLAB_BYTES) {
      ChangeList abandoned = new ChangeList();
      abandoned.begin(memory);
      abandoned.put(new byte[] {7}, new byte[40_000]);
      ChangeList changes = new ChangeList();
      changes.begin(memory);
      for (int i = 0; i < 4; i++) {
        byte[] value = new byte[40_000 + records.size()];
        value[0] = (byte) (records.size() + i);
        changes.put(new byte[] {1}, value);
      }
      bytes += changes.encodedBytes();
      records.add(changes);
      changes.keep(records.size());
    }
    for (int record = 0; record < records.size(); record++) {
      List<String> seen = new ArrayList<>();
      records.get(record).forEach(new Describer(seen));
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        expected.add("put 1=" + (byte) (record + i));
      }
      assertEquals(expected, seen);
      memory.release(record + 1);
    }
  }

  @Test
  void bytesThatWereAnnouncedAndNotWrittenAreADefect() {
    ChangeList changes = new ChangeList();
    changes.begin(memory);
    changes.put(1, 2).writeByte(1).writeByte(1);
    assertThrows(IllegalStateException.class, () -> changes.keep(1));
    assertThrows(IllegalStateException.class, () -> changes.freed(1, 1));
  }

  private ByteBuf group(int records) {
    CommitGroup group = new CommitGroup(AlignedMemory.allocate(GROUP_BYTES), GROUP_BYTES);
    group.begin(new GroupCodec.RecordPlace(4, 0, 17), 100, 0xabcd);
    for (int i = 0; i < records; i++) {
      ChangeList changes = new ChangeList();
      changes.begin(memory);
      changes.put(new byte[] {1}, new byte[] {(byte) i});
      changes.delete(new byte[] {9});
      changes.allocated(5, 2, new int[] {6, 7, 8}, 1);
      changes.freed(40, 3);
      changes.keep(100 + i);
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
    public void put(ByteBuf in, int keyAt, int keyBytes, int valueAt, int valueBytes) {
      assertEquals(1, keyBytes);
      assertEquals(valueAt, keyAt + keyBytes);
      seen.add("put " + in.getByte(keyAt) + "=" + in.getByte(valueAt));
    }

    @Override
    public void delete(ByteBuf in, int keyAt, int keyBytes) {
      assertEquals(1, keyBytes);
      seen.add("delete " + in.getByte(keyAt));
    }

    @Override
    public void allocated(long address, int blocks, ByteBuf in, int crcsAt) {
      seen.add(
          "allocated "
              + address
              + "+"
              + blocks
              + " crcs "
              + in.getIntLE(crcsAt)
              + ","
              + in.getIntLE(crcsAt + Integer.BYTES));
    }

    @Override
    public void freed(long address, int blocks) {
      seen.add("freed " + address + "+" + blocks);
    }
  }
}
