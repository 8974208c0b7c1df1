package io.atoll.perf.bench.client;

import io.atoll.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A filehandle (nfs_fh4), whose bytes mean something to the server only. */
public final class Handle {
  /** NFS4_FHSIZE (RFC 8881, section 3.1). */
  public static final int MAX_BYTES = 128;

  private final int lengthBytes;

  /** Its bytes, padded. Written as numbers they need no view of the buffer. */
  private final int[] words;

  Handle(byte[] bytes) {
    lengthBytes = bytes.length;
    words = new int[(bytes.length + Integer.BYTES - 1) / Integer.BYTES];
    ByteBuffer.wrap(Arrays.copyOf(bytes, words.length * Integer.BYTES)).asIntBuffer().get(words);
  }

  int lengthBytes() {
    return lengthBytes;
  }

  /** Its first bytes, up to four. */
  int firstWord() {
    return words[0];
  }

  void write(XdrWriter writer) {
    writer.int32(lengthBytes);
    for (int word : words) {
      writer.int32(word);
    }
  }
}
