package io.atoll.fs.store;

import io.atoll.fs.FileSystemId;
import java.util.random.RandomGenerator;

/**
 * What is fixed when a file system is created, and what it has come to use of its format.
 *
 * @param id its identity
 * @param rootInode the root directory's number
 * @param createdNanos when, since the epoch
 * @param handleSecret what the key of filehandles is made from
 * @param usesQuotas there was a quota once: a release that does not know of them would no longer
 *     count, and must not open it
 */
record Superblock(
    FileSystemId id, long rootInode, long createdNanos, byte[] handleSecret, boolean usesQuotas) {
  static final int VERSION = 1;

  /** As {@link #VERSION}, where quotas are used. */
  static final int VERSION_WITH_QUOTAS = 2;

  static final int BYTES = 72;
  static final int SECRET_BYTES = 32;

  private static final int ID_HIGH = 8;
  private static final int ID_LOW = 16;
  private static final int ROOT = 24;
  private static final int CREATED = 32;
  private static final int SECRET = 40;

  static Superblock create(FileSystemId id, RandomGenerator random, long rootInode, long nowNanos) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new Superblock(id, rootInode, nowNanos, secret, false);
  }

  static Superblock decode(byte[] value) {
    boolean usesQuotas = value.length > 0 && value[0] == VERSION_WITH_QUOTAS;
    CorruptValueException.check(
        "superblock", value, BYTES, usesQuotas ? VERSION_WITH_QUOTAS : VERSION);
    byte[] secret = new byte[SECRET_BYTES];
    System.arraycopy(value, SECRET, secret, 0, SECRET_BYTES);
    return new Superblock(
        new FileSystemId(BigEndian.getLong(value, ID_HIGH), BigEndian.getLong(value, ID_LOW)),
        BigEndian.getLong(value, ROOT),
        BigEndian.getLong(value, CREATED),
        secret,
        usesQuotas);
  }

  Superblock withQuotas() {
    return new Superblock(id, rootInode, createdNanos, handleSecret, true);
  }

  byte[] encode() {
    byte[] value = new byte[BYTES];
    value[0] = (byte) (usesQuotas ? VERSION_WITH_QUOTAS : VERSION);
    BigEndian.putLong(value, ID_HIGH, id.high());
    BigEndian.putLong(value, ID_LOW, id.low());
    BigEndian.putLong(value, ROOT, rootInode);
    BigEndian.putLong(value, CREATED, createdNanos);
    System.arraycopy(handleSecret, 0, value, SECRET, SECRET_BYTES);
    return value;
  }
}
