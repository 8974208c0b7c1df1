package io.atoll.io.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.SimBuffers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogWriterTest {

  private static final int GROUP_BYTES = 8192;
  private static final int GROUPS_AHEAD = 2;

  private final SimBuffers buffers = new SimBuffers();
  private final RecordMemory memory = new RecordMemory(bytes -> null);

  @Test
  void groupsBeyondThoseTakenAheadAreGivenBack() {
    LogWriter log = writer();
    for (int sequence = 1; sequence <= 10; sequence++) {
      log.append(sequence, record(), false);
    }
    List<CommitGroup> groups = new ArrayList<>();
    while (log.waitingGroups() > 0) {
      groups.add(log.takeGroup());
    }
    assertTrue(buffers.outstanding() > GROUPS_AHEAD);
    groups.forEach(log::recycle);
    assertEquals(GROUPS_AHEAD, buffers.outstanding());
    log.release();
    assertEquals(0, buffers.outstanding());
    memory.close();
  }

  private LogWriter writer() {
    LogTail tail = new LogTail(0, 0, 0, 0, 0);
    SegmentSet none = new SegmentSet(List.of(), null, 0);
    LogWriter log =
        new LogWriter(new GroupCodec(1), none, buffers, GROUP_BYTES, GROUPS_AHEAD, tail, 1, 0);
    log.takeAhead();
    return log;
  }

  /** Nearly as long as a group. */
  private ChangeList record() {
    ChangeList changes = new ChangeList();
    changes.begin(memory);
    ByteBuf value = changes.put(1, GROUP_BYTES / 2);
    value.writeByte(1).writeZero(GROUP_BYTES / 2);
    return changes;
  }
}
