package io.atoll.nfs4.state;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The state that all clients have on one file. Exists while there is an open, or a claim on the way
 * to one. Loop-confined.
 */
final class FileState {
  private final Object file;
  private final Set<OpenState> opens = new LinkedHashSet<>();
  private final ShareReservations shares = new ShareReservations();
  private final ByteRangeLockSet<LockOwner> locks = new ByteRangeLockSet<>();
  private int claims;

  FileState(Object file) {
    this.file = file;
  }

  /** The file's key. */
  Object file() {
    return file;
  }

  Set<OpenState> opens() {
    return opens;
  }

  ShareReservations shares() {
    return shares;
  }

  ByteRangeLockSet<LockOwner> locks() {
    return locks;
  }

  /** Counts {@link ShareClaim}s, which keep this alive without an open. */
  void addClaims(int difference) {
    claims += difference;
  }

  boolean isUnused() {
    return opens.isEmpty() && claims == 0;
  }
}
