package io.atoll.control.resource;

import java.util.List;

/**
 * When files of a file system are to move between storage classes. Kept and told, not acted upon.
 *
 * @param id of the file system
 */
public record LifecycleConfiguration(String id, List<Policy> policies) implements Resource {

  public LifecycleConfiguration {
    policies = List.copyOf(policies);
  }

  /**
   * @param transition which, as EFS's API names it
   * @param rule when, as EFS's API names it
   */
  public record Policy(String transition, String rule) {}
}
