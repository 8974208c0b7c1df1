package io.atoll.fs.store;

import io.atoll.fs.FileSystemId;
import java.util.random.RandomGenerator;

/**
 * What is fixed when a file system is created.
 *
 * @param id its identity
 * @param rootInode the root directory's number
 * @param createdNanos when, since the epoch
 * @param handleSecret what the key of filehandles is made from
 */
record Superblock(FileSystemId id, long rootInode, long createdNanos, byte[] handleSecret) {
  static final int VERSION = 1;
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
    return new Superblock(id, rootInode, nowNanos, secret);
  }

  static Superblock decode(byte[] value) {
    CorruptValueException.check("superblock", value, BYTES, VERSION);
    byte[] secret = new byte[SECRET_BYTES];
    System.arraycopy(value, SECRET, secret, 0, SECRET_BYTES);
    return new Superblock(
        new FileSystemId(BigEndian.getLong(value, ID_HIGH), BigEndian.getLong(value, ID_LOW)),
        BigEndian.getLong(value, ROOT),
        BigEndian.getLong(value, CREATED),
        secret);
  }

  byte[] encode() {
    byte[] value = new byte[BYTES];
    value[0] = VERSION;
    BigEndian.putLong(value, ID_HIGH, id.high());
    BigEndian.putLong(value, ID_LOW, id.low());
    BigEndian.putLong(value, ROOT, rootInode);
    BigEndian.putLong(value, CREATED, createdNanos);
    System.arraycopy(handleSecret, 0, value, SECRET, SECRET_BYTES);
    return value;
  }
}
