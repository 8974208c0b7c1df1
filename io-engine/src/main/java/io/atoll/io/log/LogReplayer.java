package io.atoll.io.log;

import io.atoll.io.disk.DiskFutures;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Reads the records of the groups that count, group by group. Loop-confined. */
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
    LogSegment log = segments.get(group.segment());
    return DiskFutures.read(
            log.file(), log.name(), window, group.header().groupBytes(), group.offsetBytes())
        .thenApply(ignored -> decode(group));
  }

  /** Hands the records above {@code afterSequence} to {@code consumer}, a group at a time. */
  public CompletableFuture<Void> replay(
      List<ScannedGroup> groups,
      long afterSequence,
      Function<List<Replayed>, CompletableFuture<Void>> consumer) {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (ScannedGroup group : groups) {
      if (group.header().lastSequence() > afterSequence) {
        done =
            done.thenCompose(ignored -> read(group))
                .thenCompose(records -> {
                  records.removeIf(each -> each.sequence() <= afterSequence);
                  return consumer.apply(records);
                });
      }
    }
    return done;
  }

  private List<Replayed> decode(ScannedGroup group) {
    List<Replayed> records = new ArrayList<>();
    String fault =
        codec.forEachRecord(
            window,
            0,
            group.header(),
            (sequence, changes) -> records.add(new Replayed(sequence, changes)));
    if (fault != null) {
      throw new LogDamage(group.place() + ": " + fault);
    }
    return records;
  }

  /** A record read back. */
  public record Replayed(long sequence, ChangeList changes) {}
}
