package io.atoll.io.index;

import io.atoll.io.sim.SimIndex;
import java.util.SplittableRandom;

class SimIndexTest extends IndexContract {

  private final SimIndex.Store store = new SimIndex.Store();

  @Override
  protected Index open(boolean fresh) {
    return store.open(fresh);
  }

  @Override
  protected Index crashAndReopen(Index index) {
    store.crash(new SplittableRandom(1));
    return store.open(false);
  }
}
