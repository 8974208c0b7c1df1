package io.atoll.control.resource;

import java.util.List;

/**
 * Who may connect to the mount targets that it is attached to.
 *
 * @param id {@code sg-} and 17 hexadecimal digits
 * @param name unique
 * @param sources networks in CIDR notation; a client in one of them may connect
 */
public record SecurityGroup(String id, String name, String description, List<String> sources)
    implements Resource {

  public SecurityGroup {
    sources = List.copyOf(sources);
  }

  public SecurityGroup withSources(List<String> newSources) {
    return new SecurityGroup(id, name, description, newSources);
  }
}
