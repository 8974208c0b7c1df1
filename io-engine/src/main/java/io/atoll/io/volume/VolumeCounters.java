package io.atoll.io.volume;

/** What a volume has done since it was opened. Loop-confined; other threads see estimates. */
public final class VolumeCounters {
  long groups;
  long commitNanos;
  long records;
  long logBytes;
  long dataWrites;
  long dataBytesWritten;
  long dataReads;
  long dataBytesRead;
  long damagedReads;
  long dataSyncs;
  long bytesPreWritten;
  long preWriteSyncs;
  long unitsPunched;
  long unitsRefilled;
  long recordsApplied;
  long indexBatches;
  long indexFlushes;
  long indexReads;
  long scanSteps;

  public VolumeCounters() {}

  /** Commit groups made durable: each is one durable write, and one flush of the device. */
  public long groups() {
    return groups;
  }

  /** How long these took from the begin of their write on. */
  public long commitNanos() {
    return commitNanos;
  }

  public long records() {
    return records;
  }

  /** Bytes of the groups, padding included. */
  public long logBytes() {
    return logBytes;
  }

  public long dataWrites() {
    return dataWrites;
  }

  public long dataBytesWritten() {
    return dataBytesWritten;
  }

  public long dataReads() {
    return dataReads;
  }

  public long dataBytesRead() {
    return dataBytesRead;
  }

  /** Reads that failed or did not match their checksums. */
  public long damagedReads() {
    return damagedReads;
  }

  /** Syncs of the extents file: for data in unwritten space, and the pre-writer's. */
  public long dataSyncs() {
    return dataSyncs;
  }

  /** Zeros written to space ahead of its first use. */
  public long bytesPreWritten() {
    return bytesPreWritten;
  }

  /** Syncs of these. */
  public long preWriteSyncs() {
    return preWriteSyncs;
  }

  /** Units of 1 MiB whose space was given back to the disk. */
  public long unitsPunched() {
    return unitsPunched;
  }

  /** Units of 1 MiB that were given back and have been allocated again. */
  public long unitsRefilled() {
    return unitsRefilled;
  }

  public long recordsApplied() {
    return recordsApplied;
  }

  public long indexBatches() {
    return indexBatches;
  }

  public long indexFlushes() {
    return indexFlushes;
  }

  /** Gets and scans that the memory could not answer. */
  public long indexReads() {
    return indexReads;
  }

  /**
   * Steps of scans: each takes a bounded number of entries from the index, in a turn of its own.
   */
  public long scanSteps() {
    return scanSteps;
  }
}
