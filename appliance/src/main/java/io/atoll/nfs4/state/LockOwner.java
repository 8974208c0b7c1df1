package io.atoll.nfs4.state;

import java.util.HashMap;
import java.util.Map;

/** A lock-owner of a client (RFC 8881 §9.1.2). Told apart by identity. */
public final class LockOwner {
  private final ClientRecord client;
  private final OwnerId id;

  /** How many lock stateids it has on each file: one for each open that it locks under. */
  private final Map<FileState, Integer> statesByFile = new HashMap<>();

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

  void add(LockState state) {
    statesByFile.merge(state.file(), 1, Integer::sum);
  }

  void remove(LockState state) {
    statesByFile.computeIfPresent(state.file(), (file, count) -> count == 1 ? null : count - 1);
  }

  /** Whether it has no lock stateid at all. */
  boolean isIdle() {
    return statesByFile.isEmpty();
  }

  /** Whether it has a lock stateid on {@code file}. */
  boolean hasStateOn(FileState file) {
    return statesByFile.containsKey(file);
  }
}
