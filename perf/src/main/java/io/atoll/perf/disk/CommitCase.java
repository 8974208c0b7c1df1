package io.atoll.perf.disk;

/**
 * One row of the commit table.
 *
 * @param inFlight clients that each wait for their commit before they ask for the next
 * @param contiguous whether a group's data lies in one run, or block by block across the file
 * @param written whether data and log go to space that was written before, or merely allocated
 */
record CommitCase(int inFlight, boolean contiguous, boolean written) {

  String space() {
    return written ? "pre-written" : "allocated";
  }

  String placement() {
    return contiguous ? "one run" : "scattered";
  }
}
