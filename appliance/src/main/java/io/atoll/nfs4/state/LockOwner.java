package io.atoll.nfs4.state;

import java.util.ArrayList;
import java.util.List;

/** A lock-owner of a client (RFC 8881 §9.1.2). Told apart by identity. */
public final class LockOwner {
  private final ClientRecord client;
  private final OwnerId id;
  private final List<LockState> states = new ArrayList<>();

  LockOwner(ClientRecord client, OwnerId id) {
    this.client = client;
    this.id = id;
  }

  public ClientRecord client() {
    return client;
  }

  public OwnerId id() {
    return id;
  }

  List<LockState> states() {
    return states;
  }

  /** Whether it has a lock stateid on {@code file}. */
  boolean hasStateOn(FileState file) {
    for (LockState state : states) {
      if (state.file() == file) {
        return true;
      }
    }
    return false;
  }
}
