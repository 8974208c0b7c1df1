package io.atoll;

import io.atoll.io.buffer.FairShares;
import io.atoll.nfs4.state.SessionLimits;
import io.atoll.nfs4.state.StateLimits;
import io.atoll.nfs4.state.StateShares;
import io.atoll.rpc.RpcBudgets;
import io.atoll.rpc.RpcLimits;

/**
 * The heap and network memory that the clients of a node's file systems may take, whichever loops
 * these live on. Thread-safe.
 */
final class NodeBudgets {
  private final RpcBudgets rpc = new RpcBudgets(RpcLimits.DEFAULT);
  private final FairShares stateBytes = new FairShares(StateLimits.DEFAULT.maxStateBytes());
  private final FairShares replyCacheBytes =
      new FairShares(SessionLimits.DEFAULT.replyCacheBytes());

  RpcBudgets.Share rpc() {
    return rpc.share();
  }

  StateShares state() {
    return new StateShares(stateBytes.join(), replyCacheBytes.join());
  }
}
