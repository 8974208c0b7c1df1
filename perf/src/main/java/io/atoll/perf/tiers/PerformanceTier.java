package io.atoll.perf.tiers;

import io.atoll.perf.bench.cli.ModeLoad;
import java.util.List;

/**
 * What one performance mode made of one load.
 *
 * @param mode as EFS calls it
 * @param cpuMicrosPerRequest of the node's event loops
 * @param loops what each event loop did for it, by number
 */
public record PerformanceTier(
    String mode,
    String load,
    int clients,
    ModeLoad.Outcome outcome,
    double cpuMicrosPerRequest,
    List<Loop> loops) {

  /**
   * An event loop's part.
   *
   * @param requests that its sockets received
   * @param dataReads disk reads of content by its ring
   * @param dataWrites disk writes of content by its ring
   * @param busySeconds that its thread ran
   */
  public record Loop(long requests, long dataReads, long dataWrites, double busySeconds) {}
}
