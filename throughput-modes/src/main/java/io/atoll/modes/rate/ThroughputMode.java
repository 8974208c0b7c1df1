package io.atoll.modes.rate;

/** By which rule a file system's throughput is bounded. */
public enum ThroughputMode {
  /** By its size, and credits that it earns while it uses less. */
  BURSTING("bursting"),

  /** By a rate that was asked for. */
  PROVISIONED("provisioned"),

  /** By what the node gives. */
  ELASTIC("elastic");

  private final String apiName;

  ThroughputMode(String apiName) {
    this.apiName = apiName;
  }

  /** The name in EFS's API and in the configuration. */
  public String apiName() {
    return apiName;
  }

  /** The mode of that name, or null. */
  public static ThroughputMode ofApiName(String name) {
    for (ThroughputMode mode : values()) {
      if (mode.apiName.equals(name)) {
        return mode;
      }
    }
    return null;
  }
}
