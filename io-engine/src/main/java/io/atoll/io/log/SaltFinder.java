package io.atoll.io.log;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds a log's salt without the superblock that keeps it. The salt is the first thing that a group
 * header's checksum covers, and a CRC can be run backwards: from the checksum over all known bytes
 * to the register's state behind the salt. All whole headers of a log agree on that state, and any
 * salt that leads to it is as good as the true one. Confined to one thread.
 */
public final class SaltFinder {

  private static final int INCARNATION_AT = 16;
  private static final int BETWEEN_BYTES = 4;

  /** CRC-32C, reflected. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private static final int[] TABLE = new int[256];

  /** Which entry of the table has a given top byte: each has another. */
  private static final int[] BY_TOP_BYTE = new int[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int entry = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        entry = (entry >>> 1) ^ ((entry & 1) == 0 ? 0 : POLYNOMIAL);
      }
      TABLE[i] = entry;
      BY_TOP_BYTE[entry >>> 24] = i;
    }
  }

  private final Map<Integer, Integer> votes = new HashMap<>();

  /** Looks at a block of a log segment. */
  public void look(ByteBuf in, int index) {
    if (in.getIntLE(index) != GroupCodec.MAGIC
        || in.getUnsignedShortLE(index + 4) != GroupCodec.FORMAT_VERSION
        || in.getUnsignedShortLE(index + 6) != GroupCodec.HEADER_BYTES) {
      return;
    }
    int state = ~in.getIntLE(index + GroupCodec.HEADER_CRC_AT);
    for (int at = GroupCodec.HEADER_CRC_AT - 1; at >= 0; at--) {
      state = back(state, in.getByte(index + at));
    }
    for (int i = 0; i < BETWEEN_BYTES; i++) {
      state = back(state, (byte) 0);
    }
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      state = back(state, in.getByte(index + INCARNATION_AT + i));
    }
    votes.merge(state, 1, Integer::sum);
  }

  /** How many headers agree on one salt at most. What is no header agrees with no other. */
  int agreeing() {
    return votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Whether there was any header to look at. */
  public boolean found() {
    return !votes.isEmpty();
  }

  /** A salt that most headers agree on. */
  public long salt() {
    int wanted = votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    int[] entries = new int[Integer.BYTES];
    int state = wanted;
    for (int i = entries.length - 1; i >= 0; i--) {
      entries[i] = BY_TOP_BYTE[state >>> 24];
      state = (state ^ TABLE[entries[i]]) << 8;
    }
    state = -1;
    for (int i = 0; i < Integer.BYTES; i++) {
      state = forth(state, (byte) 0);
    }
    long salt = 0;
    for (int i = 0; i < entries.length; i++) {
      int each = (state ^ entries[i]) & 0xff;
      salt |= (long) each << (Byte.SIZE * (Integer.BYTES + i));
      state = forth(state, (byte) each);
    }
    return salt;
  }

  private static int forth(int state, byte each) {
    return (state >>> 8) ^ TABLE[(state ^ each) & 0xff];
  }

  private static int back(int state, byte each) {
    int entry = BY_TOP_BYTE[state >>> 24];
    return ((state ^ TABLE[entry]) << 8) | ((entry ^ each) & 0xff);
  }
}
