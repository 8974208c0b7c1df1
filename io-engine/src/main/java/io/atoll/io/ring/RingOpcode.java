package io.atoll.io.ring;

/** Operation codes of {@code io_uring} and their flags, as in its {@code uapi} header. */
final class RingOpcode {

  static final byte READV = 1;
  static final byte WRITEV = 2;
  static final byte FSYNC = 3;
  static final byte TIMEOUT = 11;
  static final byte FALLOCATE = 17;
  static final byte OPENAT = 18;
  static final byte CLOSE = 19;
  static final byte STATX = 21;
  static final byte READ = 22;
  static final byte WRITE = 23;
  static final byte RENAMEAT = 35;
  static final byte UNLINKAT = 36;
  static final byte MKDIRAT = 37;

  static final int FSYNC_DATASYNC = 1;

  private RingOpcode() {}
}
