package io.atoll.nfs4.state;

/**
 * The byte-range locks of a lock-owner on a file, got under one open (RFC 8881 §8.2.1, §9.1.2). The
 * ranges themselves are the file's, in its {@link ByteRangeLockSet}. Loop-confined.
 */
public final class LockState extends StateEntry {
  private final OpenState open;
  private final LockOwner owner;

  LockState(long name, int instance, OpenState open, LockOwner owner) {
    super(name, instance, open.client(), open.file());
    this.open = open;
    this.owner = owner;
  }

  OpenState open() {
    return open;
  }

  LockOwner owner() {
    return owner;
  }

  @Override
  int access() {
    return open.access();
  }
}
