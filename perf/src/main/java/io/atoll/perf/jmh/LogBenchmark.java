package io.atoll.perf.jmh;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.CommitGroup;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogTail;
import io.atoll.io.log.LogWriter;
import io.atoll.io.log.RecordMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a commit group costs before the disk has it: records made, encoded and chained, the group
 * closed. The time is that of a whole group.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogBenchmark {
  private static final int GROUP_BYTES = 256 << 10;
  private static final int KEY_BYTES = 17;
  private static final int INODE_BYTES = 120;
  private static final int EXTENT_BYTES = 48;
  private static final long SALT = 42;

  /** Records of a group, each with two keys and a run of blocks, as a small write's is. */
  @Param({"1", "64"})
  public int records;

  private final RecordMemory memory = new RecordMemory(AlignedMemory::allocate);
  private final byte[] key = new byte[KEY_BYTES];
  private final byte[] inode = new byte[INODE_BYTES];
  private final byte[] extent = new byte[EXTENT_BYTES];
  private final int[] checksums = {1};
  private final ChangeList[] lists = new ChangeList[64];
  private LogWriter log;
  private long sequence;

  @Setup
  public void open() {
    for (int i = 0; i < lists.length; i++) {
      lists[i] = new ChangeList();
    }
    // The segments are for writing alone.
    log =
        new LogWriter(
            new GroupCodec(SALT),
            null,
            AlignedMemory::allocate,
            GROUP_BYTES,
            1,
            new LogTail(0, 0, 0, 0, 0),
            1,
            1);
    log.takeAhead();
  }

  @TearDown
  public void close() {
    log.release();
    memory.close();
  }

  @Benchmark
  public int gatherAndClose() {
    for (int i = 0; i < records; i++) {
      ChangeList changes = lists[i];
      changes.begin(memory);
      changes.put(key, inode);
      changes.put(key, extent);
      changes.allocated(sequence, 1, checksums, 0);
      changes.keep(++sequence);
      log.append(sequence, changes, false);
    }
    CommitGroup group = log.takeGroup();
    int bytes = group.sealedBytes();
    log.recycle(group);
    memory.release(sequence);
    return bytes;
  }
}
