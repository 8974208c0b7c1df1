package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Stability;

/**
 * All that says what a load is.
 *
 * @param workload what it does
 * @param connections to the server
 * @param depth requests in flight on each connection, at most
 * @param inFlight requests in flight on all connections together, at most
 * @param sharedSession whether all connections are of one client with one session
 * @param blockBytes of a read or write
 * @param fileBytes of each file; of small files if all have one size
 * @param files how many there are
 * @param workingSetBytes how much of all files together is touched; 0 for all
 * @param directories how many hold the entries of metadata loads
 * @param directoryEntries entries in each of them beforehand
 * @param shape of small files
 * @param readPercent the share of reads in a mixed load
 * @param stability that writes ask for
 * @param commitEvery writes of a connection between two COMMITs; 0 for none
 * @param ratePerSecond operations that are due each second, whatever the server does; 0 for a
 *     closed loop, in which a request follows an answer
 * @param rampUpNanos of load that does not count yet
 * @param timeNanos that counts
 * @param seed of all that is random
 * @param verify whether blocks carry stamps, and are checked
 */
public record LoadSettings(
    WorkloadName workload,
    int connections,
    int depth,
    int inFlight,
    boolean sharedSession,
    int blockBytes,
    long fileBytes,
    int files,
    long workingSetBytes,
    int directories,
    int directoryEntries,
    FileShape shape,
    int readPercent,
    Stability stability,
    int commitEvery,
    double ratePerSecond,
    long rampUpNanos,
    long timeNanos,
    long seed,
    boolean verify) {

  /** Blocks of a file, whole ones. */
  public int blocksPerFile() {
    return (int) (fileBytes / blockBytes);
  }

  /** Blocks of each file that are touched: at least one. */
  public int workingBlocksPerFile() {
    if (workingSetBytes == 0) {
      return blocksPerFile();
    }
    long blocks = workingSetBytes / files / blockBytes;
    return Math.clamp(blocks, 1, blocksPerFile());
  }
}
