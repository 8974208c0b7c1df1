package io.atoll.modes.rate;

/** How a file system's work is laid over the loops; fixed at creation. */
public enum PerformanceMode {
  /** All on the home loop: the lowest latency. */
  GENERAL_PURPOSE("generalPurpose"),

  /** Connections and data on all loops. */
  MAX_IO("maxIO");

  private final String apiName;

  PerformanceMode(String apiName) {
    this.apiName = apiName;
  }

  /** The name in EFS's API and in the configuration. */
  public String apiName() {
    return apiName;
  }

  /** The mode of that name, or null. */
  public static PerformanceMode ofApiName(String name) {
    for (PerformanceMode mode : values()) {
      if (mode.apiName.equals(name)) {
        return mode;
      }
    }
    return null;
  }
}
