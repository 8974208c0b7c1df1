package io.atoll.control.store;

import io.atoll.control.resource.Resource;
import io.atoll.control.resource.ResourceKind;

/**
 * What becomes of one resource.
 *
 * @param resource as it is from now on, or null if it is no more
 */
public record ResourceChange(ResourceKind kind, String id, Resource resource) {

  public static ResourceChange put(Resource resource) {
    return new ResourceChange(ResourceKind.of(resource.getClass()), resource.id(), resource);
  }

  public static ResourceChange remove(Resource resource) {
    return new ResourceChange(ResourceKind.of(resource.getClass()), resource.id(), null);
  }
}
