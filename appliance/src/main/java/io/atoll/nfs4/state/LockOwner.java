package io.atoll.nfs4.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A lock-owner of a client (RFC 8881 §9.1.2). Told apart by identity. */
public final class LockOwner {
  private final ClientRecord client;
  private final OwnerId id;

  /** How many lock stateids it has on each file: one for each open that it locks under. */
  private final Map<FileState, Integer> statesByFile = new HashMap<>();

  private int rangeCount;

  /** Of NFSv4.0's lock-owners. */
  private OwnerSequence sequence;

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

  /** Its seqid and last reply; null if its client is not of NFSv4.0. */
  OwnerSequence sequence() {
    return sequence;
  }

  void sequence(OwnerSequence newSequence) {
    sequence = newSequence;
  }

  /** How many ranges it holds on all files. */
  int rangeCount() {
    return rangeCount;
  }

  void addRanges(int difference) {
    rangeCount += difference;
  }

  /** The files that it has a lock stateid on. */
  Set<FileState> files() {
    return statesByFile.keySet();
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
