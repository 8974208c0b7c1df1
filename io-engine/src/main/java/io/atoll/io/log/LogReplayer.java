package io.atoll.io.log;

import io.atoll.io.disk.DiskFutures;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Reads the records of the groups that count, in their order. Loop-confined. */
public final class LogReplayer {

  private final GroupCodec codec;
  private final List<LogSegment> segments;
  private final ByteBuf window;

  /**
   * @param window of {@link GroupCodec#MAX_GROUP_BYTES}; the replayer's until it completes
   */
  public LogReplayer(GroupCodec codec, List<LogSegment> segments, ByteBuf window) {
    this.codec = codec;
    this.segments = segments;
    this.window = window;
  }

  /** The records of one group. Fails with {@link LogDamage} if this version cannot read them. */
  public CompletableFuture<List<Replayed>> read(ScannedGroup group) {
    return readAll(List.of(group));
  }

  /**
   * Hands the records above {@code afterSequence} to {@code consumer}, those of neighbouring groups
   * together: a log of small groups costs no more steps than one of large ones. They are views of
   * the window, good until what is returned completes.
   */
  public CompletableFuture<Void> replay(
      List<ScannedGroup> groups,
      long afterSequence,
      Function<List<Replayed>, CompletableFuture<Void>> consumer) {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    List<ScannedGroup> wanted =
        groups.stream().filter(each -> each.header().lastSequence() > afterSequence).toList();
    for (int from = 0; from < wanted.size(); ) {
      List<ScannedGroup> together = wanted.subList(from, endOfNeighbours(wanted, from));
      done =
          done.thenCompose(ignored -> readAll(together))
              .thenCompose(records -> {
                records.removeIf(each -> each.sequence() <= afterSequence);
                return consumer.apply(records);
              });
      from += together.size();
    }
    return done;
  }

  /** How far groups lie one behind the other, and fit into the window. */
  private static int endOfNeighbours(List<ScannedGroup> groups, int from) {
    ScannedGroup first = groups.get(from);
    long endBytes = first.endBytes();
    int end = from + 1;
    while (end < groups.size()) {
      ScannedGroup next = groups.get(end);
      if (next.segment() != first.segment()
          || next.offsetBytes() != endBytes
          || next.endBytes() - first.offsetBytes() > GroupCodec.MAX_GROUP_BYTES) {
        break;
      }
      endBytes = next.endBytes();
      end++;
    }
    return end;
  }

  /** Once more if they are not what the scan found: then they were read wrongly. */
  private CompletableFuture<List<Replayed>> readAll(List<ScannedGroup> neighbours) {
    return readOnce(neighbours)
        .exceptionallyCompose(failure ->
            failure.getCause() instanceof LogDamage
                ? readOnce(neighbours)
                : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<List<Replayed>> readOnce(List<ScannedGroup> neighbours) {
    ScannedGroup first = neighbours.getFirst();
    LogSegment log = segments.get(first.segment());
    int bytes = (int) (neighbours.getLast().endBytes() - first.offsetBytes());
    return DiskFutures.read(log.file(), log.name(), window, bytes, first.offsetBytes())
        .thenApply(ignored -> {
          List<Replayed> records = new ArrayList<>();
          for (ScannedGroup group : neighbours) {
            decode(group, (int) (group.offsetBytes() - first.offsetBytes()), records);
          }
          return records;
        });
  }

  private void decode(ScannedGroup group, int index, List<Replayed> records) {
    // The scan has found it whole, and this is another read.
    if (!codec.recordsIntact(window, index, group.header())) {
      throw new LogDamage(
          group.place()
              + ": group "
              + group.header().number()
              + " was whole, and reads otherwise now: see the kernel's log and the disk's health");
    }
    GroupCodec.RecordFault fault =
        codec.forEachRecord(
            window,
            index,
            group.header(),
            (sequence, changes) -> records.add(new Replayed(sequence, changes)));
    if (fault != null) {
      String what = group.place() + ": " + fault.text();
      throw fault.newer() ? new NewerLogException(what) : new LogDamage(what);
    }
  }

  /** A record read back. */
  public record Replayed(long sequence, ChangeList changes) {}
}
