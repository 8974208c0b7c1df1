package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.index.IndexException;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.io.space.PinEpochs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers gets and scans: the overlay over the index, which workers read. The overlay is asked when
 * the index has answered, so that an answer holds as of its callback. Loop-confined.
 */
final class IndexReader {

  private static final Logger logger = LoggerFactory.getLogger(IndexReader.class);

  /** Entries that one step of a scan asks for at most: what the loop looks at in one turn. */
  static final int MAX_STEP_ENTRIES = 512;

  /** Reads that the workers are given at once; further ones wait in their order. */
  static final int MAX_READS_WITH_WORKERS = 256;

  private final Loop loop;
  private final Workers workers;
  private final Index index;
  private final Overlay overlay;
  private final VolumeCounters counters;
  private final BooleanSupplier fenced;
  private final Runnable readEnded;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int inFlight;
  private int withWorkers;

  /**
   * @param fenced whether the overlay learns of what is appended no more: then no answer is given
   *     that could lack it
   * @param readEnded run when a read has ended and its callback has returned: not before, since it
   *     lets others act, and the answer would be out of date
   */
  IndexReader(
      Loop loop,
      Workers workers,
      Index index,
      Overlay overlay,
      VolumeCounters counters,
      BooleanSupplier fenced,
      Runnable readEnded) {
    this.loop = loop;
    this.workers = workers;
    this.index = index;
    this.overlay = overlay;
    this.counters = counters;
    this.fenced = fenced;
    this.readEnded = readEnded;
  }

  /** Reads that have not ended, those that wait included. */
  int inFlight() {
    return inFlight;
  }

  void get(byte[] key, Volume.ValueCallback callback) {
    Overlay.Change change = overlay.find(key);
    if (change != null) {
      callback.done(VolumeStatus.OK, change.value());
      return;
    }
    inFlight++;
    start(() -> getFromIndex(key, callback));
  }

  void scan(byte[] from, byte[] to, int limit, Volume.ScanCallback callback) {
    inFlight++;
    start(() ->
        scanOn(new Scan(from, to, limit, callback, overlay.appliedSequence(), begin()), from));
  }

  /** Starts a read, or queues it behind those for which the workers have no place yet. */
  private void start(Runnable read) {
    if (withWorkers < MAX_READS_WITH_WORKERS && waiting.isEmpty()) {
      withWorkers++;
      read.run();
    } else {
      waiting.add(read);
    }
  }

  /** A read has ended, and the callback may have started others. */
  private void startWaiting() {
    if (withWorkers < MAX_READS_WITH_WORKERS && !waiting.isEmpty()) {
      withWorkers++;
      waiting.poll().run();
    }
  }

  private void getFromIndex(byte[] key, Volume.ValueCallback callback) {
    PinEpochs.Epoch read = begin();
    workers.run(
        loop,
        () -> index.get(IndexKeys.user(key)),
        (value, failure) -> {
          Overlay.Change newer = overlay.find(key);
          byte[] current = newer == null ? value : newer.value();
          end(read);
          if (fenced.getAsBoolean()) {
            answer(() -> callback.done(VolumeStatus.FENCED, null));
          } else if (failure != null) {
            tellOf(failure);
            answer(() -> callback.done(VolumeStatus.DAMAGED, null));
          } else {
            answer(() -> callback.done(VolumeStatus.OK, current));
          }
        });
  }

  /** RocksDB names the file and where in it. */
  private void tellOf(Throwable failure) {
    if (failure instanceof IndexException) {
      logger.error(failure.getMessage());
    } else {
      logger.error("cannot read the index", failure);
    }
  }

  private void scanOn(Scan scan, byte[] from) {
    int missing = Math.max(1, scan.limit - scan.indexed.size());
    int wanted = Math.min(MAX_STEP_ENTRIES, missing + deletions(from, scan.to, missing));
    byte[] to = scan.window.endFrom(from);
    boolean briefly = !scan.window.isNarrowest();
    workers.run(
        loop,
        () -> step(from, to, wanted, briefly),
        (step, failure) -> {
          if (fenced.getAsBoolean()) {
            end(scan.read);
            answer(() -> scan.callback.done(VolumeStatus.FENCED, List.of()));
            return;
          }
          if (failure != null) {
            end(scan.read);
            tellOf(failure);
            answer(() -> scan.callback.done(VolumeStatus.DAMAGED, List.of()));
            return;
          }
          byte[] covered = step.coveredTo(from, to);
          boolean complete = Arrays.equals(covered, scan.to);
          if (step.gaveUp) {
            scan.window.narrow(covered);
          } else {
            scan.window.widen();
          }
          removeChanged(scan, step.entries);
          scan.indexed.addAll(step.entries);
          counters.scanSteps++;
          if (!complete && scan.indexed.size() < scan.limit) {
            scanOn(scan, covered);
            return;
          }
          List<Volume.Entry> merged = merge(scan, covered);
          if (complete || merged.size() == scan.limit) {
            end(scan.read);
            answer(() -> scan.callback.done(VolumeStatus.OK, merged));
          } else {
            scanOn(scan, covered);
          }
        });
  }

  /**
   * Removes the entries whose keys are the overlay's to answer for as long as this scan reads: a
   * change that was not applied when the scan began. Another one may be dropped any time, since the
   * index shows it.
   */
  private void removeChanged(Scan scan, List<Volume.Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    Overlay.Walk changes = overlay.walk(entries.getFirst().key());
    entries.removeIf(entry -> {
      Overlay.Change change = changes.seek(entry.key());
      return change != null
          && change.sequence() > scan.appliedBefore
          && change.compareKey(entry.key()) == 0;
    });
  }

  /** Ends a read with its answer, and lets the next one start. */
  private void answer(Runnable callback) {
    try {
      callback.run();
    } finally {
      startWaiting();
      readEnded.run();
    }
  }

  private Step step(byte[] from, byte[] to, int wanted, boolean briefly) {
    List<Volume.Entry> entries = new ArrayList<>();
    Index.Visitor visitor =
        (key, value) -> {
          entries.add(new Volume.Entry(IndexKeys.userKey(key), value));
          return entries.size() < wanted;
        };
    boolean gaveUp = false;
    if (briefly) {
      gaveUp = !index.scanBriefly(IndexKeys.user(from), IndexKeys.user(to), visitor);
    } else {
      index.scan(IndexKeys.user(from), IndexKeys.user(to), visitor);
    }
    return new Step(entries, entries.size() == wanted, gaveUp);
  }

  /**
   * What the index said up to {@code covered}, with the changes laid over it. Takes time with what
   * is found, not with what was deleted there.
   */
  private List<Volume.Entry> merge(Scan scan, byte[] covered) {
    List<Volume.Entry> merged = new ArrayList<>();
    if (Arrays.compareUnsigned(scan.from, covered) >= 0) {
      return merged;
    }
    removeChanged(scan, scan.indexed);
    var indexed = scan.indexed.iterator();
    Overlay.Walk puts = overlay.walkPuts(scan.from);
    Overlay.Change put = before(covered, puts.current());
    Volume.Entry entry = indexed.hasNext() ? indexed.next() : null;
    while (merged.size() < scan.limit && (put != null || entry != null)) {
      int order = put == null ? 1 : entry == null ? -1 : put.compareKey(entry.key());
      if (order <= 0) {
        merged.add(new Volume.Entry(put.key(), put.value()));
        puts.next();
        put = before(covered, puts.current());
      } else {
        merged.add(entry);
      }
      if (order >= 0) {
        entry = indexed.hasNext() ? indexed.next() : null;
      }
    }
    return merged;
  }

  /**
   * How many of the next changes delete, up to the one with which the others would be enough; a
   * guess at what the index shows and the scan does not. No more than a step has place for.
   */
  private int deletions(byte[] from, byte[] to, int enough) {
    int deletions = 0;
    if (enough < MAX_STEP_ENTRIES && Arrays.compareUnsigned(from, to) < 0) {
      int puts = 0;
      Overlay.Walk changes = overlay.walk(from);
      while (before(to, changes.current()) != null
          && puts < enough
          && enough + deletions < MAX_STEP_ENTRIES) {
        if (changes.current().deletes()) {
          deletions++;
        } else {
          puts++;
        }
        changes.next();
      }
    }
    return deletions;
  }

  private PinEpochs.Epoch begin() {
    counters.indexReads++;
    return overlay.beginRead();
  }

  private void end(PinEpochs.Epoch read) {
    inFlight--;
    withWorkers--;
    overlay.endRead(read);
  }

  /** {@code change} if its key is before {@code bound}, else null. */
  private static Overlay.Change before(byte[] bound, Overlay.Change change) {
    return change != null && change.isBefore(bound) ? change : null;
  }

  /** The first key that orders after {@code key}. */
  private static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /**
   * What one step has read.
   *
   * @param enough it stopped at as many entries as it was to bring
   * @param gaveUp it stopped for the deleted entries in its way
   */
  private record Step(List<Volume.Entry> entries, boolean enough, boolean gaveUp) {
    byte[] coveredTo(byte[] from, byte[] to) {
      if (!enough && !gaveUp) {
        return to;
      }
      return entries.isEmpty() ? from : after(entries.getLast().key());
    }
  }

  private static final class Scan {
    private final ScanWindow window;
    private final byte[] from;
    private final byte[] to;
    private final int limit;
    private final Volume.ScanCallback callback;
    private final long appliedBefore;
    private final PinEpochs.Epoch read;
    private final List<Volume.Entry> indexed = new ArrayList<>();

    Scan(
        byte[] from,
        byte[] to,
        int limit,
        Volume.ScanCallback callback,
        long appliedBefore,
        PinEpochs.Epoch read) {
      window = new ScanWindow(from, to);
      this.from = from;
      this.to = to;
      this.limit = limit;
      this.callback = callback;
      this.appliedBefore = appliedBefore;
      this.read = read;
    }
  }
}
