package io.atoll.io.ring;

import io.atoll.io.loop.Loop;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ring and its loop on the test's thread: takes submissions, and completes what it is told to.
 */
final class FakeRing implements IoRegistration, Loop {

  private static final Pattern FIELD = Pattern.compile("(\\w+)=(-?\\d+)");

  private final List<Submission> submissions = new ArrayList<>();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean valid = true;
  private int refusals;

  /** A submission queue entry. */
  record Submission(int opcode, long offset, long address, int length, int flags, int slot) {}

  /** The submissions that are not completed, in order. */
  List<Submission> submissions() {
    return submissions;
  }

  /** Completes the first submission; the kernel has all the others then. */
  void complete(RingOperations operations, int result) {
    Submission first = submissions.removeFirst();
    operations.handle(this, new IoUringIoEvent(result, 0, (byte) first.opcode, (long) first.slot));
    operations.nextBurst();
    if (!valid && submissions.isEmpty()) {
      operations.unregistered();
    }
  }

  /** Takes none of the next {@code count} submissions. */
  void refuse(int count) {
    refusals = count;
  }

  void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
  }

  @Override
  public long submit(IoOps ops) {
    if (refusals > 0) {
      refusals--;
      return 0;
    }
    if (!valid) {
      return 0;
    }
    // The entry shows its fields by its text alone.
    long[] fields = new long[6];
    Matcher matcher = FIELD.matcher(ops.toString());
    while (matcher.find()) {
      long value = Long.parseLong(matcher.group(2));
      switch (matcher.group(1)) {
        case "opcode" -> fields[0] = value;
        case "union1" -> fields[1] = value;
        case "union2" -> fields[2] = value;
        case "len" -> fields[3] = value;
        case "union3" -> fields[4] = value;
        case "data" -> fields[5] = value;
        default -> {
          // Not asked about.
        }
      }
    }
    submissions.add(
        new Submission(
            (int) fields[0],
            fields[1],
            fields[2],
            (int) fields[3],
            (int) fields[4],
            (int) fields[5]));
    return 1;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public boolean cancel() {
    valid = false;
    return true;
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // As Netty declares it.
  public <T> T attachment() {
    throw new AssertionError("not asked for");
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    throw new AssertionError("not asked for");
  }

  @Override
  public long monotonicNanos() {
    throw new AssertionError("not asked for");
  }

  @Override
  public long wallClockNanos() {
    throw new AssertionError("not asked for");
  }
}
