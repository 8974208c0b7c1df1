package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.index.Index;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.SimLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class IndexReaderTest {

  private static final int ENTRIES = 5000;
  private static final int MAX_EVENTS = 10_000;

  private final SimLoop loop = new SimLoop(new SplittableRandom(1));
  private final SlowWorkers workers = new SlowWorkers();
  private final CountingIndex index = new CountingIndex(new SimIndex.Store().open(true));
  private final Overlay overlay = new Overlay();

  private final IndexReader reader = readerOn(workers);

  private IndexReader readerOn(Workers some) {
    return new IndexReader(loop, some, index, overlay, new VolumeCounters(), () -> false, () -> {});
  }

  /** Also those that are begun by an answer, before a read that waits has its place. */
  @Test
  void workersHaveABoundedNumberOfReadsAndTheOthersWaitInTheirOrder() {
    List<Integer> answered = new ArrayList<>();
    int reads = 2 * IndexReader.MAX_READS_WITH_WORKERS;
    for (int i = 0; i < reads; i++) {
      int number = i;
      reader.get(
          key(i),
          (status, value) -> {
            answered.add(number);
            reader.get(key(0), (again, same) -> answered.add(reads + number));
          });
    }
    List<Integer> expected = new ArrayList<>();
    while (!workers.tasks.isEmpty()) {
      assertTrue(workers.tasks.size() <= IndexReader.MAX_READS_WITH_WORKERS);
      workers.runOne();
    }
    for (int i = 0; i < 2 * reads; i++) {
      expected.add(i);
    }
    assertEquals(expected, answered);
    assertEquals(0, reader.inFlight());
  }

  @Test
  void aStepOverManyDeletionsIsBounded() {
    fillIndex();
    for (int i = 0; i < ENTRIES - 1; i++) {
      ByteBuf memory = Unpooled.wrappedBuffer(key(i));
      overlay.delete(memory, 0, memory.capacity(), 1 + i);
    }
    List<Volume.Entry> found = scan(1);
    assertEquals(1, found.size());
    assertArrayEquals(key(ENTRIES - 1), found.getFirst().key());
    assertTrue(index.longestScan <= IndexReader.MAX_STEP_ENTRIES, index.longestScan + " entries");
  }

  /** Whether the index has taken them already, or never had what they delete. */
  @Test
  void noTurnLooksAtMoreThanABoundedNumberOfDeletions() {
    int removed = 40 * IndexReader.MAX_STEP_ENTRIES;
    for (int i = 0; i < removed; i++) {
      ByteBuf memory = Unpooled.wrappedBuffer(key(i));
      overlay.delete(memory, 0, memory.capacity(), 1 + i);
    }
    ByteBuf left = Unpooled.wrappedBuffer(key(removed), new byte[] {9});
    overlay.put(left, 0, 4, 4, 1, 1 + removed);
    List<List<Volume.Entry>> answers = new ArrayList<>();
    readerOn(loop).scan(key(0), key(removed + 1), 2, (status, entries) -> answers.add(entries));
    long most = 0;
    while (answers.isEmpty()) {
      long before = overlay.looks();
      assertTrue(loop.step());
      most = Math.max(most, overlay.looks() - before);
    }
    assertEquals(1, answers.getFirst().size());
    assertArrayEquals(key(removed), answers.getFirst().getFirst().key());
    assertTrue(most <= 2L * IndexReader.MAX_STEP_ENTRIES, most + " changes in one turn");
  }

  @Test
  void aScanOfManyEntriesTakesChangesAmongThemIntoAccount() {
    fillIndex();
    for (int i = 0; i < ENTRIES; i += 3) {
      ByteBuf memory = Unpooled.wrappedBuffer(key(i), new byte[] {9});
      if (i % 2 == 0) {
        overlay.delete(memory, 0, 4, 1 + i);
      } else {
        overlay.put(memory, 0, 4, 4, 1, 1 + i);
      }
    }
    List<Volume.Entry> found = scan(3000);
    assertEquals(3000, found.size());
    int number = 0;
    for (Volume.Entry entry : found) {
      number += number % 6 == 0 ? 1 : 0;
      assertArrayEquals(key(number), entry.key());
      assertEquals(number % 3 == 0 ? 9 : 1, entry.value()[0]);
      number++;
    }
  }

  /** A scan shows the same, however often steps give up, and where. */
  @Test
  void aScanWhoseStepsGiveUpMissesNothing() {
    Index.Batch batch = index.newBatch();
    for (int i = 0; i < ENTRIES; i += 1 + i % 700) {
      batch.put(IndexKeys.user(key(i)), new byte[] {1});
    }
    index.apply(batch, 0);
    List<Volume.Entry> all = scan(ENTRIES);
    index.givesUpAfter = 3;
    List<Volume.Entry> found = scan(ENTRIES);
    assertEquals(all.size(), found.size());
    for (int i = 0; i < all.size(); i++) {
      assertArrayEquals(all.get(i).key(), found.get(i).key());
    }
    assertTrue(index.gaveUp > all.size() / 4, index.gaveUp + " times given up");
  }

  private void fillIndex() {
    Index.Batch batch = index.newBatch();
    for (int i = 0; i < ENTRIES; i++) {
      batch.put(IndexKeys.user(key(i)), new byte[] {1});
    }
    index.apply(batch, 0);
  }

  private List<Volume.Entry> scan(int limit) {
    List<List<Volume.Entry>> answers = new ArrayList<>();
    readerOn(loop).scan(key(0), key(ENTRIES), limit, (status, entries) -> answers.add(entries));
    loop.runUntil(() -> !answers.isEmpty(), MAX_EVENTS);
    return answers.getFirst();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  /** Does what it has to when told. */
  private static final class SlowWorkers implements Workers {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
      tasks.add(() -> {
        try {
          completion.done(task.call(), null);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
    }

    void runOne() {
      tasks.poll().run();
    }
  }

  /** Counts what is asked for at once. */
  private static final class CountingIndex implements Index {
    private final Index index;
    private int longestScan;

    /** So many keys there are at most, present or not, that a brief scan steps over. */
    private int givesUpAfter = Integer.MAX_VALUE;

    private int gaveUp;

    CountingIndex(Index index) {
      this.index = index;
    }

    @Override
    public byte[] get(byte[] key) {
      return index.get(key);
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
      int[] visited = new int[1];
      index.scan(
          from,
          to,
          (key, value) -> {
            visited[0]++;
            return visitor.visit(key, value);
          });
      longestScan = Math.max(longestScan, visited[0]);
    }

    @Override
    public boolean scanBriefly(byte[] from, byte[] to, Visitor visitor) {
      long[] at = {number(from)};
      boolean[] stopped = new boolean[1];
      boolean[] tooFar = new boolean[1];
      scan(
          from,
          to,
          (key, value) -> {
            tooFar[0] = number(key) - at[0] > givesUpAfter;
            at[0] = number(key);
            stopped[0] = tooFar[0] || !visitor.visit(key, value);
            return !stopped[0];
          });
      tooFar[0] |= !stopped[0] && number(to) - at[0] > givesUpAfter;
      gaveUp += tooFar[0] ? 1 : 0;
      return !tooFar[0];
    }

    /** Of a user's key, as the index has it. */
    private static long number(byte[] key) {
      return ByteBuffer.wrap(Arrays.copyOf(key, 1 + Integer.BYTES)).getInt(1) & 0xffffffffL;
    }

    @Override
    public void apply(Batch batch, long sequence) {
      index.apply(batch, sequence);
    }

    @Override
    public long appliedSequence() {
      return index.appliedSequence();
    }

    @Override
    public long flushedSequence() {
      return index.flushedSequence();
    }

    @Override
    public void flush() {
      index.flush();
    }

    @Override
    public void close() {
      index.close();
    }

    @Override
    public Batch newBatch() {
      return index.newBatch();
    }
  }
}
