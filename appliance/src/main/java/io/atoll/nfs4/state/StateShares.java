package io.atoll.nfs4.state;

import io.atoll.io.buffer.FairShares;

/**
 * What the clients of one server may have of the heap that several servers' clients share.
 *
 * @param stateBytes for client records, opens and locks
 * @param replyCacheBytes for the slots of sessions and the replies in them
 */
public record StateShares(FairShares.Member stateBytes, FairShares.Member replyCacheBytes) {

  /** All that the limits allow for one server. */
  static StateShares alone(StateSettings settings) {
    return new StateShares(
        new FairShares(settings.limits().maxStateBytes()).join(),
        new FairShares(settings.sessionLimits().replyCacheBytes()).join());
  }

  /** Gives all back: what it was for is dropped as a whole. */
  void leave() {
    for (FairShares.Member share : new FairShares.Member[] {stateBytes, replyCacheBytes}) {
      share.add(-share.taken());
      share.leave();
    }
  }
}
