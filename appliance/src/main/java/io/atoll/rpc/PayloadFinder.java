package io.atoll.rpc;

import io.atoll.xdr.XdrReader;

/**
 * Recognises, from the head of a record, a call whose payload should be received into an aligned
 * buffer. A guess at a common shape that costs little: what it does not recognise is received as
 * any other record. Confined to the connections' loop.
 */
public interface PayloadFinder {

  /** Finds nothing. */
  PayloadFinder NONE = (head, found) -> Result.NO_PAYLOAD;

  /** What the head of a record says. */
  enum Result {
    /** It ends too early to tell. */
    NEED_MORE,
    /** Not of the shape. */
    NO_PAYLOAD,
    /** {@link Location} has been filled. */
    FOUND
  }

  /**
   * @param head the record's first bytes, all that have come
   * @param found filled if the result is {@link Result#FOUND}
   */
  Result find(XdrReader head, Location found);

  /** Where a payload is. Reused. */
  final class Location {
    /** Of its first byte in the record. */
    public int index;

    public int lengthBytes;

    /** Where in the file it is to go. */
    public long fileOffsetBytes;
  }
}
