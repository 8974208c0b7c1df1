package io.atoll.control.resource;

/**
 * Where a resource is between its making and its end. One that is gone has no state: it is not
 * found.
 */
public enum LifeCycleState {
  /** Recorded; what serves it is being made. */
  CREATING("creating"),

  AVAILABLE("available"),

  /** New settings are recorded and not in force yet. */
  UPDATING("updating"),

  /** Its end is decided; what served it is being removed. */
  DELETING("deleting"),

  /** What is to serve it can't be had, for a reason that the log tells; tried again at a start. */
  ERROR("error");

  private final String apiName;

  LifeCycleState(String apiName) {
    this.apiName = apiName;
  }

  /** The name in EFS's API. */
  public String apiName() {
    return apiName;
  }
}
