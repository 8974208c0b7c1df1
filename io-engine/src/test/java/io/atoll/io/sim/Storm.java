package io.atoll.io.sim;

import io.atoll.io.disk.Errno;
import io.atoll.io.index.IndexException;
import io.atoll.io.sim.SimDisk.Operation;
import io.atoll.io.sim.SimDisk.Transfer;
import java.util.Set;
import java.util.SplittableRandom;

/** Faults that strike, each with its own frequency, on all files or on those of one kind. */
public final class Storm implements SimDisk.Faults, SimIndex.Faults, SimLoop.WorkerFaults {
  private static final String[] PLACES = {"", "", "extents/", "log/"};
  private static final int MIN_ONE_IN = 4;
  private static final int MAX_ONE_IN = 300;
  private static final int BUSY_ONE_IN = 4;
  private static final int SPOILT_ONE_IN = 20;
  private static final int SLOW_ONE_IN = 25;
  private static final int MAX_FULL_FROM = 400;
  private static final int MAX_FULL_STEPS = 200;

  private final SplittableRandom random;
  private final Set<Fault> active;
  private final String place;
  private final int oneIn;
  private final long fullFrom;
  private final long fullTo;
  private long steps;
  private int flipsLeft;
  private boolean forgets;

  /**
   * @param flips so many reads at most bring something else than what is there
   */
  Storm(SplittableRandom random, Set<Fault> active, int flips) {
    this.random = random;
    this.active = active;
    flipsLeft = flips;
    place = PLACES[random.nextInt(PLACES.length)];
    oneIn = MIN_ONE_IN + random.nextInt(1 + random.nextInt(MAX_ONE_IN));
    // As likely early as late: the first steps are those of opening.
    fullFrom = random.nextInt(1 + random.nextInt(MAX_FULL_FROM));
    fullTo =
        random.nextInt(3) == 0 ? Long.MAX_VALUE : fullFrom + 1 + random.nextInt(MAX_FULL_STEPS);
  }

  /** Whether one of these strikes. */
  public boolean has(Fault... faults) {
    for (Fault fault : faults) {
      if (active.contains(fault)) {
        return true;
      }
    }
    return false;
  }

  private boolean strikes(Fault fault, int chances) {
    return active.contains(fault) && random.nextInt(chances) == 0;
  }

  // --- the disk ---

  @Override
  public int fault(Operation operation, String name, long offsetBytes) {
    if (operation.mayNeedSpace()) {
      long step = steps++;
      if (active.contains(Fault.FULL_DISK) && step >= fullFrom && step < fullTo) {
        return Errno.ENOSPC;
      }
    }
    if (strikes(Fault.BUSY_DISK, BUSY_ONE_IN)) {
      return Errno.EAGAIN;
    }
    if (operation.syncs() && name.startsWith(place) && strikes(Fault.FORGETTING_SYNCS, oneIn)) {
      forgets = true;
      return Errno.EIO;
    }
    return name.startsWith(place) && strikes(of(operation), oneIn) ? Errno.EIO : 0;
  }

  private static Fault of(Operation operation) {
    return switch (operation) {
      case READ -> Fault.FAILING_READS;
      case WRITE -> Fault.FAILING_WRITES;
      case WRITE_DURABLY, SYNC -> Fault.FAILING_SYNCS;
      case ALLOCATE, PUNCH -> Fault.FAILING_SPACE;
      case OPEN, CREATE, RENAME, REMOVE -> Fault.FAILING_NAMES;
    };
  }

  @Override
  public boolean forgets() {
    boolean forgetting = forgets;
    forgets = false;
    return forgetting;
  }

  @Override
  public int slowness(Operation operation, String name) {
    if (strikes(Fault.SLOW_OPERATIONS, SLOW_ONE_IN)) {
      return 1000;
    }
    return operation.syncs() && active.contains(Fault.SLOW_SYNCS) ? 100 : 1;
  }

  /**
   * Of the log, what is spoilt on its way to the disk can't be told from what was torn by a power
   * cut (decision 4): so writes are about data.
   */
  @Override
  public Transfer transfer(Operation operation, String name) {
    boolean reads = operation == Operation.READ;
    if (!name.equals(VolumeWorld.EXTENTS) && !(reads && name.startsWith("log/"))) {
      return Transfer.SOUND;
    }
    if (operation == Operation.READ) {
      return flipsLeft > 0 && strikes(Fault.FLIPPED_READS, SPOILT_ONE_IN) ? flip() : Transfer.SOUND;
    }
    if (strikes(Fault.LOST_WRITES, SPOILT_ONE_IN)) {
      return Transfer.LOST;
    }
    return strikes(Fault.FLIPPED_WRITES, SPOILT_ONE_IN) ? Transfer.FLIPPED : Transfer.SOUND;
  }

  private Transfer flip() {
    flipsLeft--;
    return Transfer.FLIPPED;
  }

  // --- the index and its workers ---

  @Override
  public void meet(SimIndex.Call call) {
    if (strikes(Fault.FAILING_INDEX, oneIn)) {
      throw new IndexException("a simulated failure to " + call, null);
    }
    if (call == SimIndex.Call.FLUSH
        && active.contains(Fault.FULL_DISK)
        && steps >= fullFrom
        && steps < fullTo) {
      throw new IndexException("a simulated disk without space for the index", null);
    }
  }

  @Override
  public boolean refuse() {
    return strikes(Fault.BUSY_WORKERS, BUSY_ONE_IN);
  }

  @Override
  public int slowness() {
    return active.contains(Fault.SLOW_WORKERS) ? 50 : 1;
  }
}
