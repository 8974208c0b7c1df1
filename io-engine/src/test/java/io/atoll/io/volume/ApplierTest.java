package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.log.ChangeList;
import io.atoll.io.log.RecordMemory;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.SimLoop;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final long GATHER_NANOS = 100_000_000;
  private static final VolumeOptions OPTIONS = VolumeOptions.defaults().gatheringFor(GATHER_NANOS);
  private static final int MAX_EVENTS = 10_000;

  private final SimLoop loop = new SimLoop(new SplittableRandom(1));
  private final SimIndex index = new SimIndex.Store().open(true);
  private final VolumeCounters counters = new VolumeCounters();
  private final RecordMemory memory = new RecordMemory(Unpooled::directBuffer);
  private final Applier applier = new Applier(loop, loop, index, 0, OPTIONS, counters, new Quiet());
  private long lastSequence;

  @Test
  void recordsThatComeOneByOneReachTheIndexTogether() {
    for (int i = 0; i < 20; i++) {
      loop.schedule(i * GATHER_NANOS / 40, () -> applier.add(List.of(record())));
    }
    loop.runUntil(() -> index.appliedSequence() == 20 && applier.idle(), MAX_EVENTS);
    assertEquals(1, counters.indexBatches());
  }

  @Test
  void whatComesWhileABatchIsAppliedGathersToo() {
    applier.add(List.of(record()));
    loop.runUntil(applier::working, MAX_EVENTS);
    applier.add(List.of(record()));
    applier.add(List.of(record()));
    loop.runUntil(() -> index.appliedSequence() == 3 && applier.idle(), MAX_EVENTS);
    assertEquals(2, counters.indexBatches());
    assertTrue(loop.monotonicNanos() >= 2 * GATHER_NANOS);
  }

  @Test
  void manyRecordsDontWait() {
    applier.add(Stream.generate(this::record).limit(Applier.GATHERED_RECORDS).toList());
    assertTrue(applier.working());
  }

  @Test
  void theRestDoesNotWait() {
    applier.add(List.of(record()));
    applier.applyRest();
    assertTrue(applier.working());
    loop.runUntil(applier::idle, MAX_EVENTS);
    assertEquals(1, index.appliedSequence());
  }

  @AfterEach
  void giveMemoryBack() {
    memory.close();
  }

  private ChangeList record() {
    ChangeList record = applier.newChangeList();
    record.begin(memory);
    record.put("key".getBytes(StandardCharsets.UTF_8), new byte[] {1});
    record.keep(++lastSequence);
    return record;
  }

  private static final class Quiet implements Applier.Listener {
    @Override
    public void applied(long sequence) {}

    @Override
    public void flushed(long sequence) {}

    @Override
    public void failed(String why, Throwable cause) {
      throw new AssertionError(why, cause);
    }
  }
}
