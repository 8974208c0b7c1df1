package io.atoll.io.worker;

import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OperationShares;
import io.atoll.io.disk.OperationShares.Share;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One disk's operations on the workers: runs blocking calls there, reports here. Loop-confined. */
final class WorkerOperations {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerOperations.class);

  private final Loop loop;
  private final DiskWorkers workers;
  private final IoCounters counters;
  private final OperationShares outstanding = new OperationShares();
  private Runnable idleTask;

  WorkerOperations(Loop loop, DiskWorkers workers, IoCounters counters) {
    this.loop = loop;
    this.workers = workers;
    this.counters = counters;
  }

  IoCounters counters() {
    return counters;
  }

  /** Counts an operation in; false, with {@code -EAGAIN} told, at the bound of its share. */
  boolean begin(Share share, IoCompletion completion, long cookie) {
    assert loop.inLoop() : "called outside of " + loop;
    if (!outstanding.take(share)) {
      reject(completion, cookie, -Errno.EAGAIN);
      return false;
    }
    return true;
  }

  /** Runs {@code call} on a worker; its result, a negated errno if it is negative, comes here. */
  void run(Share share, Callable<Integer> call, IntConsumer ended) {
    Workers runners = share == Share.SYNCS ? workers.syncs() : workers.transfers();
    runners.run(loop, call, (result, failure) -> ended.accept(resultOf(result, failure)));
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
  void end(Share share, IoCompletion completion, long cookie, int result) {
    outstanding.give(share);
    if (result < 0) {
      counters.countFailure();
    }
    report(completion, cookie, result);
    if (idleTask != null && outstanding.used() == 0) {
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
    if (outstanding.used() == 0) {
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
