package io.atoll.perf.bench.workload;

/** Makes a {@link Workload} of its name. */
public final class Workloads {
  private Workloads() {}

  public static Workload of(Fleet fleet) {
    return switch (fleet.settings().workload()) {
      case PING -> new PingWorkload(fleet);
      case SEQ_READ, SEQ_WRITE, RAND_READ, RAND_WRITE, MIXED -> new BlockWorkload(fleet);
      case APPEND -> new AppendWorkload(fleet);
      case CREATE, CREATE_REMOVE, REMOVE, RENAME, STAT, LOOKUP, READDIR ->
          new MetadataWorkload(fleet);
      case SMALL_WRITE, SMALL_READ -> new SmallFileWorkload(fleet);
    };
  }
}
