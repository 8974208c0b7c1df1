package io.atoll.nfs4.op;

import io.atoll.fs.Principal;
import io.atoll.rpc.RpcCredential;

/**
 * Who a caller is to the file system: the one place where a credential becomes a {@link Principal}.
 * An access point may put its own in the place of that (see {@link View}). It decides permissions
 * and the ownership of new objects. What tells clients apart (who confirmed a client ID, whose slot
 * or retransmission it is) is the credential itself, which an identity does not change.
 */
@FunctionalInterface
public interface Identity {
  /** The same principal each time; remembered by the caller. */
  Principal of(RpcCredential credential);
}
