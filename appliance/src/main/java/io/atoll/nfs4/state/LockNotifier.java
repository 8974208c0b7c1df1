package io.atoll.nfs4.state;

import java.util.function.Consumer;

/** Calls clients back that wait for a byte-range lock: CB_NOTIFY_LOCK (RFC 8881 §20.11). */
@FunctionalInterface
public interface LockNotifier {

  /**
   * Tells the client that the lock may be had now.
   *
   * @param channel the way to it
   * @param file the key under which it was opened
   * @param view of which the client has its handle
   * @param told told once whether the client took note, at once or later on the loop
   */
  void notifyLock(
      BackChannel channel,
      long clientId,
      Object file,
      long view,
      OwnerId owner,
      Consumer<Boolean> told);
}
