package io.atoll.perf.bench.run;

/** Is told how a run goes on, for people. Called by one thread. */
public interface Progress {
  /** A step begins. */
  void step(String what);

  /**
   * A load is running.
   *
   * @param seconds so far, those of its rise included
   * @param ofSeconds that it will take
   * @param operations so far
   * @param bytes so far
   */
  void running(double seconds, double ofSeconds, long operations, long bytes);

  /** A remark that stays to be read. */
  void note(String text);
}
