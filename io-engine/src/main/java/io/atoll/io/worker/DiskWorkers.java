package io.atoll.io.worker;

import io.atoll.io.loop.BoundedWorkers;

/**
 * The threads that do disk operations where no ring does.
 *
 * @param transfers for reads, plain writes, changes of space and names
 * @param syncs for syncs and durable writes, which never wait behind the others
 */
public record DiskWorkers(BoundedWorkers transfers, BoundedWorkers syncs) implements AutoCloseable {

  /** Takes no more, and waits for what runs or is queued. Not from a worker or a loop. */
  @Override
  public void close() {
    transfers.close();
    syncs.close();
  }
}
