package io.atoll.control.store;

import io.atoll.control.resource.Resource;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where resources are kept: durable, in one order, a batch whole or not at all. A replicated state
 * machine can be one.
 *
 * <p>Every method may block, and is called by one thread. A failure is a {@link
 * ResourceStoreException}.
 */
public interface ResourceStore extends AutoCloseable {

  /** Visits all that is kept, by kind and then by ID. */
  void load(Consumer<Resource> visitor);

  /**
   * Makes all of {@code changes} together. When it returns, they survive a crash; when it throws,
   * they may be found or not at the next start, but never a part of them.
   */
  void commit(List<ResourceChange> changes);

  @Override
  void close();
}
