package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Stateid;

/** What a stateid names: an open or the locks of an owner on a file. Loop-confined. */
public abstract sealed class StateEntry permits OpenState, LockState {
  private final long name;
  private final int instance;
  private final ClientRecord client;
  private final FileState file;
  private int seqid;

  StateEntry(long name, int instance, ClientRecord client, FileState file) {
    this.name = name;
    this.instance = instance;
    this.client = client;
    this.file = file;
  }

  final long name() {
    return name;
  }

  public final ClientRecord client() {
    return client;
  }

  final FileState file() {
    return file;
  }

  final int seqid() {
    return seqid;
  }

  /** For each transition: the first has seqid 1, and after 2³²−1 comes 1 (RFC 8881 §8.2.2). */
  final Stateid advance() {
    seqid++;
    if (seqid == 0) {
      seqid = 1;
    }
    return stateid();
  }

  final Stateid stateid() {
    return new Stateid(seqid, name, instance);
  }

  /** For tests of the wrap. */
  final void seqid(int newSeqid) {
    seqid = newSeqid;
  }

  /** The share access bits of the open that this is, or that it belongs to. */
  abstract int access();
}
