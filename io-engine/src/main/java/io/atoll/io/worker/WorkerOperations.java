package io.atoll.io.worker;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One disk's share of the workers: runs blocking calls there and reports here. Loop-confined. */
final class WorkerOperations {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerOperations.class);

  private final Loop loop;
  private final Workers workers;
  private final IoCounters counters;
  private int outstanding;
  private Runnable idleTask;

  WorkerOperations(Loop loop, Workers workers, IoCounters counters) {
    this.loop = loop;
    this.workers = workers;
    this.counters = counters;
  }

  IoCounters counters() {
    return counters;
  }

  /** Counts an operation in; false, with {@code -EAGAIN} told, at the disk's bound. */
  boolean begin(IoCompletion completion, long cookie) {
    assert loop.inLoop() : "called outside of " + loop;
    if (outstanding >= Disk.MAX_DISK_OPERATIONS) {
      reject(completion, cookie, -Errno.EAGAIN);
      return false;
    }
    outstanding++;
    return true;
  }

  /** Runs {@code call} on a worker; its result, a negated errno if it is negative, comes here. */
  void run(Callable<Integer> call, IntConsumer ended) {
    workers.run(loop, call, (result, failure) -> ended.accept(resultOf(result, failure)));
  }

  private static int resultOf(Integer result, Throwable failure) {
    if (failure == null) {
      return result;
    }
    if (failure instanceof RejectedExecutionException) {
      return -Errno.EAGAIN;
    }
    LOG.error("A disk operation threw on its worker", failure);
    return -Errno.EIO;
  }

  /** Counts an operation out and reports it. */
  void end(IoCompletion completion, long cookie, int result) {
    outstanding--;
    if (result < 0) {
      counters.countFailure();
    }
    report(completion, cookie, result);
    if (idleTask != null && outstanding == 0) {
      Runnable task = idleTask;
      idleTask = null;
      task.run();
    }
  }

  /** Reports an end without any work, after the caller has returned. */
  void reject(IoCompletion completion, long cookie, int result) {
    counters.countFailure();
    loop.execute(() -> report(completion, cookie, result));
  }

  /** Runs {@code task}, one at a time, once no operation is outstanding. */
  void whenIdle(Runnable task) {
    if (outstanding == 0) {
      loop.execute(task);
    } else {
      idleTask = task;
    }
  }

  private static void report(IoCompletion completion, long cookie, int result) {
    try {
      completion.completed(cookie, result);
    } catch (Throwable defect) {
      LOG.error(
          "The completion of a disk operation threw (cookie {}, result {})",
          cookie,
          result,
          defect);
    }
  }
}
