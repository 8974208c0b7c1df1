package io.atoll.io.log;

/** Sees the changes of a record in their order. The arrays are shared and must not be changed. */
public interface ChangeVisitor {

  void put(byte[] key, byte[] value);

  void delete(byte[] key);

  /**
   * @param crcs CRC-32C of each of the run's blocks, from {@code crcs[crcsFrom]} on; to be read at
   *     once
   */
  void allocated(long address, int blocks, int[] crcs, int crcsFrom);

  void freed(long address, int blocks);
}
