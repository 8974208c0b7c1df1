package io.atoll.nfs4.wire;

/** NFS as an RPC program (RFC 8881, section 2.2 and RFC 5662). */
public final class Nfs4Program {
  public static final int NUMBER = 100003;
  public static final int VERSION = 4;
  public static final int COMPOUND = 1;

  /** A compound's tag is for people to read; a longer one makes the call garbage. */
  public static final int MAX_TAG_BYTES = 1024;

  private Nfs4Program() {}
}
