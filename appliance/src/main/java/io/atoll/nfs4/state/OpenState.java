package io.atoll.nfs4.state;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * That an open-owner has a file open, however often: the union of its OPENs' share bits (RFC 8881
 * §9.11). Remembers which combinations of bits were asked for, since OPEN_DOWNGRADE may go down
 * only to the union of some of them (§18.18.3). Holds the file. Loop-confined.
 */
public final class OpenState extends StateEntry {
  private static final int DENY_SHIFT = 2;
  private static final int COMBINATIONS = 16;

  private final OpenOwner owner;
  private final LinkedHashMap<LockOwner, LockState> lockStates = new LinkedHashMap<>();

  /** Bit (deny << 2 | access) is set if there was such an OPEN. */
  private int combinations;

  private int access;
  private int deny;
  private long principal;

  OpenState(long name, int instance, OpenOwner owner, FileState file) {
    super(name, instance, owner.client(), file);
    this.owner = owner;
  }

  OpenOwner owner() {
    return owner;
  }

  SequencedMap<LockOwner, LockState> lockStates() {
    return lockStates;
  }

  @Override
  int access() {
    return access;
  }

  int deny() {
    return deny;
  }

  /** Who opened it last, and so was allowed to. */
  long principal() {
    return principal;
  }

  void principal(long opener) {
    principal = opener;
  }

  /** Adds an OPEN's bits, to the file's reservations too. */
  void add(int addedAccess, int addedDeny) {
    combinations |= 1 << (addedDeny << DENY_SHIFT | addedAccess);
    become(access | addedAccess, deny | addedDeny);
  }

  /**
   * OPEN_DOWNGRADE.
   *
   * @return false if no set of earlier OPENs has exactly these bits
   */
  boolean reduce(int wantedAccess, int wantedDeny) {
    int within = combinationsWithin(wantedAccess, wantedDeny);
    int union = unionOf(within);
    if (union != (wantedDeny << DENY_SHIFT | wantedAccess)) {
      return false;
    }
    combinations = within;
    become(wantedAccess, wantedDeny);
    return true;
  }

  private int combinationsWithin(int wantedAccess, int wantedDeny) {
    int bound = wantedDeny << DENY_SHIFT | wantedAccess;
    int within = 0;
    for (int bits = 0; bits < COMBINATIONS; bits++) {
      if ((combinations & 1 << bits) != 0 && (bits & ~bound) == 0) {
        within |= 1 << bits;
      }
    }
    return within;
  }

  private static int unionOf(int set) {
    int union = 0;
    for (int bits = 0; bits < COMBINATIONS; bits++) {
      if ((set & 1 << bits) != 0) {
        union |= bits;
      }
    }
    return union;
  }

  /** The last close: the file's reservations no longer count this. */
  void clear() {
    combinations = 0;
    become(0, 0);
  }

  private void become(int newAccess, int newDeny) {
    file().shares().remove(access, deny);
    access = newAccess;
    deny = newDeny;
    file().shares().add(access, deny);
  }
}
