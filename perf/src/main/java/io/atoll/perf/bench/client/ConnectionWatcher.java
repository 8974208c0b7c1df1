package io.atoll.perf.bench.client;

/** Sees to it that nobody waits for ever for a server. Called on connections' loops. */
public interface ConnectionWatcher {
  /** There is a connection, over which nothing has been asked yet. */
  void connected(Vitals vitals);

  /** A connection or its server failed; once each. */
  void failed(RuntimeException cause);
}
