package io.atoll.perf.bench.client;

import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a call that are the same in all of a connection's COMPOUNDs: from the message type
 * to COMPOUND's minor version (RFC 5531, section 9; RFC 8881, section 16.2).
 */
final class RpcHeader {
  static final int CALL = 0;
  static final int RPC_VERSION = 2;
  static final int NFS_PROGRAM = 100_003;
  static final int NFS_VERSION = 4;
  static final int PROCEDURE_NULL = 0;
  static final int PROCEDURE_COMPOUND = 1;
  static final int MINOR_VERSION = 1;
  private static final int AUTH_NONE = 0;
  private static final int AUTH_SYS = 1;
  private static final String MACHINE_NAME = "atoll-bench";

  /** Written as numbers they need no view of the buffer. */
  private final int[] words;

  /**
   * @param userId of AUTH_SYS
   * @param groupId of AUTH_SYS
   */
  RpcHeader(int userId, int groupId) {
    byte[] name = MACHINE_NAME.getBytes(StandardCharsets.US_ASCII);
    int paddedName = (name.length + 3) & ~3;
    ByteBuf b = Unpooled.buffer();
    b.writeInt(CALL).writeInt(RPC_VERSION);
    b.writeInt(NFS_PROGRAM).writeInt(NFS_VERSION).writeInt(PROCEDURE_COMPOUND);
    b.writeInt(AUTH_SYS).writeInt(5 * Integer.BYTES + paddedName);
    b.writeInt(0); // stamp
    b.writeInt(name.length).writeBytes(name).writeZero(paddedName - name.length);
    b.writeInt(userId).writeInt(groupId).writeInt(0);
    b.writeInt(AUTH_NONE).writeInt(0);
    b.writeInt(0); // an empty tag
    b.writeInt(MINOR_VERSION);
    words = new int[b.readableBytes() / Integer.BYTES];
    b.nioBuffer().asIntBuffer().get(words);
  }

  void write(XdrWriter writer) {
    for (int word : words) {
      writer.int32(word);
    }
  }

  /** A call of the procedure that does nothing, with nothing to say who calls. */
  static void writeNull(XdrWriter writer) {
    writer.int32(CALL);
    writer.int32(RPC_VERSION);
    writer.int32(NFS_PROGRAM);
    writer.int32(NFS_VERSION);
    writer.int32(PROCEDURE_NULL);
    for (int i = 0; i < 2; i++) {
      writer.int32(AUTH_NONE);
      writer.int32(0);
    }
  }
}
