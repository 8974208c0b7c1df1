package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.OpenFile;
import io.atoll.perf.bench.client.Stability;
import io.atoll.perf.bench.client.UnstableWrites;

/** A file that one lane appends to, and how many of its blocks are acknowledged. */
final class AppendLog {
  private final int client;
  private final long id;
  private final String name;
  private final UnstableWrites unstable = new UnstableWrites();
  private OpenFile open;
  private long blocks;

  AppendLog(int round, int client, int lane, int number) {
    this.client = client;
    name = "log-" + client + "-" + lane + "-" + number;
    id = SeededRandom.mix(SeededRandom.mix((long) client << Integer.SIZE | lane) + number + round);
  }

  int client() {
    return client;
  }

  /** What its stamps carry. */
  long id() {
    return id;
  }

  String name() {
    return name;
  }

  void opened(OpenFile file) {
    open = file;
  }

  OpenFile open() {
    return open;
  }

  /** How many blocks it has. */
  long blocks() {
    return blocks;
  }

  /**
   * The next block is acknowledged.
   *
   * @return how many before it the server has lost; it is to be written from its beginning again
   */
  long appended(Stability committed, long verifier) {
    if (unstable.lostBy(committed, verifier)) {
      long lost = blocks + 1;
      blocks = 0;
      unstable.forget();
      return lost;
    }
    blocks++;
    return 0;
  }

  /** Whether a COMMIT has made all of it durable. */
  boolean isCommittedBy(long verifier) {
    return unstable.isCommittedBy(verifier);
  }
}
