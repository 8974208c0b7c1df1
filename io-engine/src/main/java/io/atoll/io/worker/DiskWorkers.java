package io.atoll.io.worker;

import io.atoll.io.linux.Syscalls;
import io.atoll.io.loop.BoundedWorkers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that do disk operations where no ring does, and the descriptors of what they have
 * opened. Thread-safe.
 */
public final class DiskWorkers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DiskWorkers.class);

  private final BoundedWorkers transfers;
  private final BoundedWorkers syncs;
  private final Set<Integer> open = ConcurrentHashMap.newKeySet();

  /**
   * @param transfers for reads, plain writes, changes of space and names
   * @param syncs for syncs and durable writes, which never wait behind the others
   */
  public DiskWorkers(BoundedWorkers transfers, BoundedWorkers syncs) {
    this.transfers = transfers;
    this.syncs = syncs;
  }

  BoundedWorkers transfers() {
    return transfers;
  }

  BoundedWorkers syncs() {
    return syncs;
  }

  /** Takes the descriptor of a file or directory that stays open, or nothing if it is an error. */
  int own(int descriptor) {
    if (descriptor >= 0) {
      open.add(descriptor);
    }
    return descriptor;
  }

  /** Closes what was taken by {@link #own}. By a worker, as it may block. */
  int closeOwned(int descriptor) {
    open.remove(descriptor);
    return Syscalls.close(descriptor);
  }

  /**
   * Takes no more, waits for what runs or is queued, and closes what disks have left open. Not from
   * a worker or a loop.
   */
  @Override
  public void close() {
    transfers.close();
    syncs.close();
    if (transfers.isIdle() && syncs.isIdle()) {
      open.forEach(this::closeOwned);
    } else {
      LOG.warn("disk operations still run; {} files are left open", open.size());
    }
  }
}
