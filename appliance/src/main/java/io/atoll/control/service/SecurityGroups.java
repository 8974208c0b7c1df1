package io.atoll.control.service;

import io.atoll.control.network.Cidr;
import io.atoll.control.network.Network;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.ResourceIds;
import io.atoll.control.resource.SecurityGroup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Security groups: named lists of networks. The one named {@value #DEFAULT_NAME} is for mount
 * targets that say nothing else, admits the VPC at first, and can't be removed. Confined to the
 * control thread.
 */
public final class SecurityGroups {
  public static final String DEFAULT_NAME = "default";

  private static final int NAME_LENGTH_MAX = 255;
  private static final int DESCRIPTION_LENGTH_MAX = 255;

  private final Resources resources;
  private final ControlLimits limits;
  private final RandomGenerator random;

  /** Told of each group whose networks have changed. */
  private final Consumer<SecurityGroup> changed;

  SecurityGroups(
      Resources resources,
      ControlLimits limits,
      RandomGenerator random,
      Consumer<SecurityGroup> changed) {
    this.resources = resources;
    this.limits = limits;
    this.random = random;
    this.changed = changed;
  }

  /** Makes the default group if there is none. */
  void ensureDefault(Network network) {
    if (ofName(DEFAULT_NAME) == null) {
      resources.put(
          new SecurityGroup(
              ResourceIds.fresh(ResourceIds.SECURITY_GROUP, random),
              DEFAULT_NAME,
              "of mount targets that name none",
              List.of(network.vpc().toString())));
    }
  }

  public NavigableMap<String, SecurityGroup> all() {
    return resources.all(SecurityGroup.class);
  }

  /** The group of that ID. */
  public SecurityGroup get(String id) throws Refusal {
    SecurityGroup found = resources.get(SecurityGroup.class, id);
    if (found == null) {
      throw new Refusal(
          EfsError.SECURITY_GROUP_NOT_FOUND, "there is no security group '" + id + "'");
    }
    return found;
  }

  /** The group of that ID or name. */
  public SecurityGroup named(String idOrName) throws Refusal {
    SecurityGroup found = ofName(idOrName);
    return found == null ? get(idOrName) : found;
  }

  private SecurityGroup ofName(String name) {
    return all().values().stream()
        .filter(group -> group.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /**
   * Which groups a mount target is to have.
   *
   * @param ids null or empty for the default one
   * @return without repetitions
   */
  List<String> forMountTarget(List<String> ids) throws Refusal {
    if (ids == null || ids.isEmpty()) {
      return List.of(ofName(DEFAULT_NAME).id());
    }
    LinkedHashSet<String> distinct = new LinkedHashSet<>(ids);
    if (distinct.size() > ControlLimits.SECURITY_GROUPS_PER_MOUNT_TARGET) {
      throw new Refusal(
          EfsError.SECURITY_GROUP_LIMIT_EXCEEDED,
          distinct.size()
              + " security groups: a mount target has "
              + ControlLimits.SECURITY_GROUPS_PER_MOUNT_TARGET
              + " at most");
    }
    for (String id : distinct) {
      get(id);
    }
    return List.copyOf(distinct);
  }

  List<SecurityGroup> of(MountTarget target) {
    return target.securityGroups().stream()
        .map(id -> resources.get(SecurityGroup.class, id))
        .toList();
  }

  /** Makes a group that admits {@code sources}. */
  public SecurityGroup create(String name, String description, List<String> sources)
      throws Refusal {
    checkText("GroupName", name, 1, NAME_LENGTH_MAX);
    checkText("Description", description, 0, DESCRIPTION_LENGTH_MAX);
    if (ofName(name) != null) {
      throw new Refusal(
          EfsError.CONFLICT, "there is a security group '" + name + "' already: choose another");
    }
    if (all().size() >= limits.securityGroups()) {
      throw Refusal.badRequest(
          "this node keeps " + limits.securityGroups() + " security groups at most: delete one");
    }
    SecurityGroup made =
        new SecurityGroup(
            ResourceIds.fresh(ResourceIds.SECURITY_GROUP, random),
            name,
            description,
            networks(sources));
    resources.put(made);
    return made;
  }

  private static void checkText(String what, String text, int least, int most) throws Refusal {
    if (text.length() < least || text.length() > most) {
      throw Refusal.badRequest(
          what + " has " + text.length() + " characters: must be " + least + " to " + most);
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw Refusal.badRequest(what + " has control characters");
    }
  }

  private List<String> networks(List<String> sources) throws Refusal {
    LinkedHashSet<String> networks = new LinkedHashSet<>();
    for (String source : sources) {
      try {
        networks.add(Cidr.parse(source).toString());
      } catch (IllegalArgumentException e) {
        throw Refusal.badRequest(e.getMessage());
      }
    }
    if (networks.size() > limits.sourcesPerSecurityGroup()) {
      throw Refusal.badRequest(
          networks.size()
              + " networks: a security group has "
              + limits.sourcesPerSecurityGroup()
              + " at most");
    }
    return new ArrayList<>(networks);
  }

  /** Has a group admit {@code sources} and nobody else, from now on and for open connections. */
  public SecurityGroup replaceSources(String idOrName, List<String> sources) throws Refusal {
    SecurityGroup now = named(idOrName).withSources(networks(sources));
    resources.put(now);
    changed.accept(now);
    return now;
  }

  /** Removes a group that no mount target has. */
  public void delete(String idOrName) throws Refusal {
    SecurityGroup doomed = named(idOrName);
    if (doomed.name().equals(DEFAULT_NAME)) {
      throw Refusal.badRequest("the security group " + DEFAULT_NAME + " stays: empty it instead");
    }
    for (MountTarget target : resources.all(MountTarget.class).values()) {
      if (target.securityGroups().contains(doomed.id())) {
        throw new Refusal(
            EfsError.CONFLICT,
            "the security group "
                + doomed.id()
                + " is attached to "
                + target.id()
                + ": take it off first");
      }
    }
    resources.remove(doomed);
  }
}
