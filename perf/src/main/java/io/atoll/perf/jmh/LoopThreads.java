package io.atoll.perf.jmh;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of the kind that event loops have, for JMH: on these alone Netty recycles the objects of
 * its pooled buffers.
 */
public final class LoopThreads extends ThreadPoolExecutor {

  /** What JMH is told, to take these. */
  static final String OPTION = "-Djmh.executor=CUSTOM";

  /** The same: this class. */
  static final String CLASS_OPTION = "-Djmh.executor.class=io.atoll.perf.jmh.LoopThreads";

  /** As JMH calls it. */
  public LoopThreads(int threads, String prefix) {
    super(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> new FastThreadLocalThread(task, prefix));
  }
}
