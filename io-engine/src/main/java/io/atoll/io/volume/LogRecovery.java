package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.log.DurableMark;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogHistory;
import io.atoll.io.log.LogReplayer;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.ScannedGroup;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What opening, checking and salvaging a volume make of the groups that a scan of its log has
 * found: which of them count, and their records in order. Loop-confined.
 */
public final class LogRecovery {

  /** What a last group is whose data is not there, for messages. */
  public static final String LOST_DATA =
      "After a power cut that is a group that was never acknowledged; without one it is damage, and"
          + " its records are lost";

  private final LogReplayer replayer;
  private final LastGroupCheck lastGroupCheck;
  private final DiskFile extents;

  /**
   * @param window of {@link GroupCodec#MAX_GROUP_BYTES}; the recovery's as long as it is at work
   */
  public LogRecovery(
      GroupCodec codec,
      List<LogSegment> segments,
      ByteBuf window,
      LastGroupCheck lastGroupCheck,
      DiskFile extents) {
    this.lastGroupCheck = lastGroupCheck;
    this.extents = extents;
    replayer = new LogReplayer(codec, segments, window);
  }

  /**
   * The log's history, without its last group if that one's data did not reach the disk and {@code
   * cut} was told so. A group that is applied, that the mark covers, or after which another was
   * begun, was durable, and is not looked at: what is wrong with its data is damage, and told to
   * those who read it.
   */
  public CompletableFuture<LogHistory> history(
      List<ScannedGroup> scanned, long appliedSequence, DurableMark mark, Cut cut) {
    LogHistory history = LogHistory.of(scanned, appliedSequence, mark);
    if (history.tail().sequence() <= Math.max(appliedSequence, mark.sequence())
        || !history.torn().isEmpty()) {
      return CompletableFuture.completedFuture(history);
    }
    ScannedGroup last = history.groups().getLast();
    return firstLostBlock(last)
        // What was only read wrongly is not to cost an acknowledged group.
        .thenCompose(lost ->
            lost == LastGroupCheck.NONE
                ? CompletableFuture.completedFuture(lost)
                : firstLostBlock(last))
        .thenApply(lost -> {
          if (lost == LastGroupCheck.NONE) {
            return history;
          }
          cut.cut(last, lost);
          return history.withoutLast(scanned, appliedSequence, mark);
        });
  }

  /** As {@link LastGroupCheck#firstLostBlock}, of the last group of a log. */
  public CompletableFuture<Long> firstLostBlock(ScannedGroup last) {
    return replayer
        .read(last)
        .thenCompose(
            records -> lastGroupCheck.firstLostBlock(records, extents, VolumeFiles.EXTENTS));
  }

  /** As {@link LogReplayer#replay}. */
  public CompletableFuture<Void> replay(
      List<ScannedGroup> groups,
      long afterSequence,
      Function<List<Replayed>, CompletableFuture<Void>> consumer) {
    return replayer.replay(groups, afterSequence, consumer);
  }

  /** As {@link LogReplayer#read}. */
  public CompletableFuture<List<Replayed>> read(ScannedGroup group) {
    return replayer.read(group);
  }

  /** Told of the last group when it does not count. */
  @FunctionalInterface
  public interface Cut {
    /**
     * @param lostBlock the first one that is not what the group says
     */
    void cut(ScannedGroup last, long lostBlock);
  }
}
