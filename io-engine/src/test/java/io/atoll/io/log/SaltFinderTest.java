package io.atoll.io.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.atoll.io.buffer.AlignedMemory;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SaltFinderTest {

  private static final long SALT = 0x1234_5678_9abc_def0L;
  private static final long FORGED_SALT = 77;
  private static final int BLOCK = GroupCodec.BLOCK_BYTES;
  private static final int BLOCKS = 64;

  private final RecordMemory memory = new RecordMemory(bytes -> null);
  private final ByteBuf segment = AlignedMemory.allocate(BLOCKS * BLOCK);
  private final SaltFinder finder = new SaltFinder();

  @AfterEach
  void release() {
    memory.close();
    segment.release();
  }

  @Test
  void saltThatIsFoundReadsTheLog() {
    group(0, SALT, 1);
    group(BLOCK, SALT, 2);
    look();
    GroupCodec codec = new GroupCodec(finder.salt());
    assertReads(codec, 0, 1);
    assertReads(codec, BLOCK, 2);
  }

  /** In a recycled segment, behind the newest group, a user may have as many blocks as he likes. */
  @Test
  void groupsForgedBehindTheFirstDoNotOutvoteIt() {
    group(0, SALT, 1);
    for (int block = 1; block < BLOCKS; block++) {
      group(block * BLOCK, FORGED_SALT, block);
    }
    look();
    assertReads(new GroupCodec(finder.salt()), 0, 1);
  }

  @Test
  void headersWithoutRecordsHaveNoSay() {
    for (int block = 0; block < BLOCKS; block++) {
      group(block * BLOCK, FORGED_SALT, block);
      segment.setByte(block * BLOCK + GroupCodec.HEADER_BYTES, 1);
    }
    look();
    assertFalse(finder.found());
    group(5 * BLOCK, SALT, 1);
    look();
    assertReads(new GroupCodec(finder.salt()), 5 * BLOCK, 1);
  }

  private void look() {
    for (int at = 0; at < segment.capacity(); ) {
      at += Math.max(BLOCK, finder.look(segment, at, segment.capacity(), at == 0));
    }
  }

  private void assertReads(GroupCodec codec, int at, long number) {
    GroupHeader header = codec.decodeHeader(segment, at);
    assertNotNull(header);
    assertEquals(number, header.number());
  }

  /** Writes a group of one block. */
  private void group(int at, long salt, long number) {
    CommitGroup group = new CommitGroup(segment.slice(at, BLOCK), BLOCK);
    group.begin(new GroupCodec.RecordPlace(1, 0, number), number, 0);
    ChangeList changes = new ChangeList();
    changes.begin(memory);
    changes.delete(new byte[] {1});
    group.add(new GroupCodec(salt), number, changes, false);
    group.seal(new GroupCodec(salt));
  }
}
