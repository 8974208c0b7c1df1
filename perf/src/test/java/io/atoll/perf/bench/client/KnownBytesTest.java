package io.atoll.perf.bench.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What goes over the wire, against bytes that were put together by hand from RFC 5531 and RFC 8881:
 * the server's codecs, which the client uses, are not asked.
 */
class KnownBytesTest {
  private static final Handle HANDLE = new Handle(new byte[] {1, 2, 3, 4, 5});
  private static final byte[] OWNER = "own".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NAME = "file".getBytes(StandardCharsets.US_ASCII);

  /** An open_stateid4 as it stands in OPEN's result: seqid 1, other 12 bytes. */
  private static final OpenStateid STATEID = new OpenStateid();

  static {
    ByteBuf bytes = hex("00000001 a1a2a3a4a5a6a7a8 a9aaabac");
    STATEID.read(new XdrReader().wrap(bytes, 0, bytes.readableBytes()));
  }

  private static final String STATEID_HEX = "00000001 a1a2a3a4a5a6a7a8 a9aaabac";

  /** From the record mark on, but for the mark itself, the count and the operations. */
  private static final String HEADER =
      """
      00000abc 00000000 00000002 000186a3 00000004 00000001
      00000001 00000020 00000000 0000000b 61746f6c 6c2d6265 6e636800 000003e8 00000064 00000000
      00000000 00000000
      00000000 00000001
      """;

  @Test
  void callBeginsWithRecordMarkRpcHeaderAndMinorVersion() {
    assertEquals(
        plain("80000058" + HEADER + "00000001 00000018"), written(CompoundWriter::putRootHandle));
  }

  @Test
  void sequenceNamesSessionSequenceAndSlots() {
    NfsSession session = new NfsSession(7, 0x1112131415161718L, 0x2122232425262728L, 9, 0, 0);
    assertOperations(
        "00000035 1112131415161718 2122232425262728 00000003 00000002 00000008 00000001",
        out -> out.sequence(session, 3, 2, 8, true));
  }

  @Test
  void readHasStateidOffsetAndCount() {
    assertOperations(
        "00000019" + STATEID_HEX + "0000000100000200 00001000",
        out -> out.read(STATEID, 0x1_0000_0200L, 4096));
  }

  @Test
  void writeHasStateidOffsetStabilityAndPaddedData() {
    assertOperations(
        "00000026" + STATEID_HEX + "0000000000000200 00000002 00000005 68656c6c 6f000000",
        out ->
            out.write(
                STATEID,
                512,
                Stability.FILE_SYNC,
                Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII)));
  }

  @Test
  void handleIsPadded() {
    assertOperations("00000016 00000005 01020304 05000000", out -> out.putHandle(HANDLE));
  }

  @Test
  void openOfAFileThatIsThereWantsNoDelegation() {
    assertOperations(
        """
        00000012 00000000 00000401 00000000 0000000000000055 00000003 6f776e00
        00000000 00000000 00000004 66696c65
        """,
        out -> out.open(OWNER, NAME, false));
  }

  @Test
  void exclusiveCreationIsGuardedAndSetsTheMode() {
    assertOperations(
        """
        00000012 00000000 00000403 00000000 0000000000000055 00000003 6f776e00
        00000001 00000001 00000002 00000000 00000002 00000004 000001a4
        00000000 00000004 66696c65
        """,
        out -> out.create(OWNER, NAME, true));
  }

  @Test
  void otherOperationsAreAsTheRfcSays() {
    assertOperations("00000004 00000000" + STATEID_HEX, out -> out.close(STATEID));
    assertOperations("00000005 0000000000000000 00000000", CompoundWriter::commit);
    assertOperations(
        "00000006 00000002 00000004 66696c65 00000002 00000000 00000002 00000004 000001ed",
        out -> out.createDirectory(NAME));
    assertOperations("0000000f 00000004 66696c65", out -> out.lookup(NAME));
    assertOperations("0000001c 00000004 66696c65", out -> out.remove(NAME));
    assertOperations(
        "00000020 0000001d 00000004 66696c65 00000003 6f776e00",
        2,
        out -> {
          out.saveHandle();
          out.rename(NAME, OWNER);
        });
    assertOperations(
        "0000001a 0000000000000009 0000000000000008 00008000 00008000 00000001 00000010",
        out -> out.readDirectory(9, 8, 32768, Bitmap4.of(Attribute.SIZE)));
    assertOperations(
        "00000009 00000002 00000010 00000002",
        out -> out.getAttributes(Bitmap4.of(Attribute.SIZE, Attribute.MODE)));
  }

  @Test
  void readReplyGivesItsBytes() {
    CompoundReply reply =
        reply(
            "00000000 00000000 00000002 00000016 00000000"
                + "00000019 00000000 00000001 00000005 68656c6c 6f000000",
            "1619");
    reply.putHandle();
    reply.read();
    reply.end();
    assertEquals(5, reply.dataBytes());
    assertEquals(true, reply.isAtEnd());
    assertEquals(
        "hello",
        reply.data().toString(reply.dataIndex(), reply.dataBytes(), StandardCharsets.US_ASCII));
  }

  @Test
  void openReplyIsReadToItsEndWhateverDelegationItHas() {
    String head =
        "00000000 00000000 00000002 00000012 00000000"
            + STATEID_HEX
            + "00000001 0000000000000001 0000000000000002 00000004 00000001 00000002";
    String handle = "0000000a 00000000 00000003 0a0b0c00";
    String ace = "00000000 00000000 00000001 00000003 77686f00";
    String delegation = "00000002 b1b2b3b4b5b6b7b8 b9babbbc 00000000";
    for (String given :
        new String[] {
          "00000000",
          "00000001" + delegation + ace,
          "00000002" + delegation + "00000001 0000000000001000" + ace,
          "00000002" + delegation + "00000002 00000010 00000200" + ace,
          "00000003 00000000",
          "00000003 00000001 00000001"
        }) {
      CompoundReply reply = reply(head + given + handle, "120a");
      OpenStateid stateid = new OpenStateid();
      reply.open(stateid);
      Handle read = reply.getHandle();
      assertEquals(3, read.lengthBytes(), given);
      assertEquals(0x0a0b0c00, read.firstWord(), given);
      reply.end();
      assertEquals(0xa1a2a3a4a5a6a7a8L, stateid.otherHigh());
    }
  }

  private static CompoundReply reply(String bytes, String operations) {
    ByteBuf buffer = hex(bytes);
    XdrReader reader = new XdrReader().wrap(buffer, 0, buffer.readableBytes());
    CompoundReply reply = new CompoundReply(reader);
    reply.begin(ByteBufUtil.decodeHexDump(operations));
    return reply;
  }

  private static void assertOperations(String expected, Consumer<CompoundWriter> operations) {
    assertOperations(expected, 1, operations);
  }

  private static void assertOperations(
      String expected, int count, Consumer<CompoundWriter> operations) {
    String body = plain(HEADER) + String.format("%08x", count) + plain(expected);
    String mark = String.format("%08x", body.length() / 2 | 0x8000_0000);
    assertEquals(mark + body, written(operations));
  }

  private static String written(Consumer<CompoundWriter> operations) {
    CompoundWriter writer = new CompoundWriter(new RpcHeader(1000, 100));
    writer.clientId(0x55);
    writer.begin(UnpooledByteBufAllocator.DEFAULT, 0xabc);
    operations.accept(writer);
    XdrWriter message = writer.end();
    ByteBuf whole = message.wholeFrom(0);
    String dump = ByteBufUtil.hexDump(whole);
    whole.release();
    message.discard();
    return dump;
  }

  private static ByteBuf hex(String bytes) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(plain(bytes)));
  }

  private static String plain(String bytes) {
    return bytes.replaceAll("\\s", "");
  }
}
