package io.atoll;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import io.atoll.fs.Attributes;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsStatus;
import io.atoll.io.disk.IoCounters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * What operations cost in something small and in something large, in turns, so that what else the
 * machine does falls on both alike.
 */
final class ScaleCosts {
  private static final int ROUNDS = 5;

  /** Names, and blocks, that are worked on: they fit into every cache. */
  private static final int WORKING_SET = 500;

  private static final int PAGES = 100;
  private static final int PAGE_ENTRIES = 100;
  private static final int BLOCK_BYTES = ScaleShapes.BLOCK_BYTES;

  private final ScaleStore store;
  private final FileSystem fs;
  private final ScaleShapes shapes;
  private final Random random = new Random(3);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long loopThread;

  ScaleCosts(ScaleStore store, ScaleShapes shapes) throws Exception {
    this.store = store;
    this.shapes = shapes;
    fs = store.fs();
    loopThread = store.<Long>onLoop(end -> end.complete(Thread.currentThread().threadId()));
  }

  /**
   * Where operations work.
   *
   * @param directory of entries by number, all but those that three divides
   * @param entries up to this number
   * @param file of which each block is written
   * @param content of the file's blocks, by number: it stays
   */
  record Place(
      FileHandle directory,
      long entries,
      FileHandle file,
      long fileBytes,
      LongFunction<byte[]> content) {}

  /**
   * @param indexReads gets and scans of the index
   * @param diskReads of file data
   * @param heapBytes allocated on the loop
   * @param micros with many operations under way
   */
  record Cost(double indexReads, double diskReads, double heapBytes, double micros) {}

  /** One operation's row: what it costs in both, and the ratio of times. */
  record Row(String name, boolean cached, Cost small, Cost large, double timeRatio) {
    String markdown() {
      return String.format(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.2f | %.2f | %.0f | %.0f | %.2f |",
          name,
          small.indexReads,
          large.indexReads,
          small.diskReads,
          large.diskReads,
          small.heapBytes,
          large.heapBytes,
          timeRatio);
    }

    static String head() {
      return "| operation | index reads, small | large | disk reads, small | large"
          + " | heap bytes, small | large | time, large / small |\n|---|---|---|---|---|---|---|---|";
    }
  }

  List<Row> compare(Place small, Place large) throws Exception {
    List<Row> rows = new ArrayList<>();
    rows.add(row("LOOKUP, cached", true, small, large, this::lookupsAgain));
    rows.add(row("LOOKUP at random", false, small, large, this::lookupsAtRandom));
    rows.add(row("READDIR of 100 entries", true, small, large, this::pages));
    rows.add(row("CREATE", true, small, large, this::creates));
    rows.add(row("REMOVE", true, small, large, this::removes));
    rows.add(row("READ of 4 KiB, cached", true, small, large, this::readsAgain));
    rows.add(row("READ of 4 KiB at random", false, small, large, this::readsAtRandom));
    rows.add(row("WRITE of 4 KiB, map cached", true, small, large, this::writesAgain));
    rows.add(row("WRITE of 4 KiB at random", false, small, large, this::writesAtRandom));
    return rows;
  }

  private Row row(String name, boolean cached, Place small, Place large, Measure measure)
      throws Exception {
    double[] ratios = new double[ROUNDS];
    Cost inSmall = measure.of(small, -1);
    Cost inLarge = measure.of(large, -1);
    for (int round = 0; round < ROUNDS; round++) {
      inSmall = measure.of(small, round);
      inLarge = measure.of(large, round);
      ratios[round] = inLarge.micros / inSmall.micros;
    }
    Arrays.sort(ratios);
    return new Row(name, cached, inSmall, inLarge, ratios[ROUNDS / 2]);
  }

  /** Runs the operations of one round; the first ones, -1, warm up. */
  private interface Measure {
    Cost of(Place place, int round) throws Exception;
  }

  private Cost lookupsAgain(Place place, int round) throws Exception {
    return lookups(place, i -> entryAt(i * (place.entries / WORKING_SET)));
  }

  private Cost lookupsAtRandom(Place place, int round) throws Exception {
    return lookups(place, i -> entryAt(random.nextLong(place.entries)));
  }

  /** One that was not removed. */
  private static long entryAt(long number) {
    return number % 3 == 0 ? number + 1 : number;
  }

  private Cost lookups(Place place, LongUnaryOperator entry) throws Exception {
    return cost(
        WORKING_SET,
        (i, call, end) ->
            fs.lookup(
                call,
                place.directory,
                ScaleShapes.entryName(entry.applyAsLong(i)).getBytes(UTF_8),
                (status, found) -> end.accept(status)));
  }

  private Cost pages(Place place, int round) throws Exception {
    long step = (place.entries - 2 * PAGE_ENTRIES) / PAGES;
    return cost(
        PAGES,
        (i, call, end) ->
            fs.readDirectory(
                call,
                place.directory,
                DirectoryVisitor.FIRST_COOKIE + i * step,
                new FirstEntries(),
                (status, last) -> end.accept(status)));
  }

  private Cost creates(Place place, int round) throws Exception {
    return cost(
        WORKING_SET,
        (i, call, end) ->
            shapes.create(call, place.directory, "new-" + round + "-" + i, made -> {}, end));
  }

  private Cost removes(Place place, int round) throws Exception {
    return cost(
        WORKING_SET,
        (i, call, end) -> shapes.remove(call, place.directory, "new-" + round + "-" + i, end));
  }

  private Cost readsAgain(Place place, int round) throws Exception {
    return reads(place, i -> spread(place, i));
  }

  private Cost readsAtRandom(Place place, int round) throws Exception {
    return reads(place, i -> randomOffset(place));
  }

  private Cost reads(Place place, LongUnaryOperator offset) throws Exception {
    return cost(
        WORKING_SET,
        (i, call, end) ->
            fs.read(
                call,
                place.file,
                true,
                offset.applyAsLong(i),
                BLOCK_BYTES,
                (status, result) -> {
                  if (status == FsStatus.OK) {
                    result.release();
                  }
                  end.accept(status);
                }));
  }

  private Cost writesAgain(Place place, int round) throws Exception {
    return writes(place, i -> spread(place, i));
  }

  private Cost writesAtRandom(Place place, int round) throws Exception {
    return writes(place, i -> randomOffset(place));
  }

  private Cost writes(Place place, LongUnaryOperator offset) throws Exception {
    long[] offsets = LongStream.range(0, WORKING_SET).map(offset).toArray();
    byte[][] contents = new byte[WORKING_SET][];
    for (int i = 0; i < WORKING_SET; i++) {
      contents[i] = place.content.apply(offsets[i] / BLOCK_BYTES);
    }
    return cost(
        WORKING_SET,
        (i, call, end) -> shapes.write(call, place.file, offsets[(int) i], contents[(int) i], end));
  }

  private static long spread(Place place, long i) {
    return place.fileBytes / BLOCK_BYTES / WORKING_SET * i * BLOCK_BYTES;
  }

  private long randomOffset(Place place) {
    return random.nextLong(place.fileBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }

  private Cost cost(int count, ScaleStore.Numbered operation) throws Exception {
    final long reads = store.indexReads();
    IoCounters.Snapshot io = store.io();
    final long allocated = threads.getThreadAllocatedBytes(loopThread);
    final long start = System.nanoTime();
    store.many(count, operation);
    double nanos = System.nanoTime() - start;
    long heap = threads.getThreadAllocatedBytes(loopThread) - allocated;
    double diskReads = store.io().since(io).reads();
    return new Cost(
        (double) (store.indexReads() - reads) / count,
        diskReads / count,
        (double) heap / count,
        nanos / count / 1000);
  }

  private static final class FirstEntries implements DirectoryVisitor {
    private int left = PAGE_ENTRIES;

    @Override
    public boolean wantsAttributes() {
      return false;
    }

    @Override
    public boolean entry(long cookie, byte[] name, long inode, Attributes attributes) {
      return left-- > 0;
    }
  }
}
