package io.atoll.io.log;

import io.netty.buffer.ByteBuf;

/**
 * Sees the changes of a record in their order, where they lie in the record's memory: to be read at
 * absolute indexes, and for as long as the record is kept.
 */
public interface ChangeVisitor {

  default void put(ByteBuf in, int keyAt, int keyBytes, int valueAt, int valueBytes) {}

  default void delete(ByteBuf in, int keyAt, int keyBytes) {}

  /**
   * @param crcsAt where the CRC-32C of each block of the run lies, little-endian
   */
  default void allocated(long address, int blocks, ByteBuf in, int crcsAt) {}

  default void freed(long address, int blocks) {}
}
