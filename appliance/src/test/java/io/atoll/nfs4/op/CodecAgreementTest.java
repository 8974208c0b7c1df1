package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.plain.Nfs4Types;
import io.atoll.nfs4.plain.XdrType;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.AttributeDecoder;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server's decoders and encoders, which are made by hand, agree with the plain codec: they take
 * what it writes, refuse it cut off, and write what it reads, of every operation. The seeds are in
 * the messages of what fails.
 */
class CodecAgreementTest {
  private static final int SEEDS = 60;

  /** Refused with BADXDR though the grammar has them: their values have a form of their own. */
  private static final List<Operation> WITH_ATTRIBUTES =
      List.of(
          Operation.CREATE, Operation.NVERIFY, Operation.OPEN, Operation.SETATTR, Operation.VERIFY);

  private final StateHarness server = new StateHarness();
  private final StateHarness.Client client = server.mount("client");

  private byte[] compound(int minorVersion, int count, XdrBytes operations) {
    return Calls.header(7, Nfs4Program.NUMBER, Nfs4Program.VERSION, Nfs4Program.COMPOUND, 0)
        .string("")
        .i(minorVersion, count)
        .raw(operations.bytes())
        .bytes();
  }

  private byte[] ask(int minorVersion, Operation operation, byte[] arguments) {
    XdrBytes bare = op(operation).raw(arguments);
    if (minorVersion == 1
        && operation != Operation.EXCHANGE_ID
        && operation != Operation.CREATE_SESSION
        && operation != Operation.SEQUENCE
        && operation != Operation.BIND_CONN_TO_SESSION
        && operation != Operation.DESTROY_SESSION) {
      return client.connection.call(client.prepare(true, putRoot(), bare));
    }
    return minorVersion == 0
        ? client.connection.call(compound(0, 2, xdr().raw(putRoot().bytes()).raw(bare.bytes())))
        : client.connection.call(compound(1, 1, bare));
  }

  /** Reads a reply by the plain codec, to its end, and gives the last operation's status. */
  private static Nfs4Status statusOf(byte[] reply, int minorVersion) {
    ByteBuffer in = ByteBuffer.wrap(reply);
    in.position(6 * Integer.BYTES);
    int status = in.getInt();
    assertEquals(0, in.getInt(), "tag");
    int count = in.getInt();
    int last = Nfs4Status.OK.code();
    for (int i = 0; i < count; i++) {
      Operation operation = Operation.ofNumber(in.getInt());
      XdrType type = Nfs4Types.result(operation, minorVersion);
      int begin = in.position();
      Object result = type.decode(in);
      assertArrayEquals(
          Arrays.copyOfRange(reply, begin, in.position()),
          type.encoded(result),
          () -> operation + " is written otherwise than the plain codec has it");
      last = (Integer) ((List<?>) result).get(0);
    }
    assertEquals(0, in.remaining(), "bytes behind the results");
    assertEquals(status, last);
    for (Nfs4Status each : Nfs4Status.values()) {
      if (each.code() == status) {
        return each;
      }
    }
    throw new AssertionError("no status " + status);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatTheGrammarHasIsTakenAndWhatIsCutOffIsNot(int minorVersion) {
    Map<Operation, Integer> succeeded = new HashMap<>();
    Nfs4Types.arguments(minorVersion)
        .forEach((operation, type) -> {
          if (operation == Operation.SEQUENCE) {
            return; // makes the session's other calls lose their place
          }
          for (int seed = 0; seed < SEEDS; seed++) {
            String what = operation + " of 4." + minorVersion + ", seed " + seed;
            SplittableRandom random = new SplittableRandom(seed * 1000L + operation.number());
            byte[] arguments = type.encoded(type.random(random));
            Nfs4Status status = statusOf(ask(minorVersion, operation, arguments), minorVersion);
            if (!WITH_ATTRIBUTES.contains(operation)) {
              assertFalse(status == Nfs4Status.BADXDR, what + " is not taken");
            }
            if (status.isOk()) {
              succeeded.merge(operation, 1, Integer::sum);
            }
            if (arguments.length > 0) {
              byte[] cut = Arrays.copyOf(arguments, arguments.length - Integer.BYTES);
              assertEquals(
                  Nfs4Status.BADXDR,
                  statusOf(ask(minorVersion, operation, cut), minorVersion),
                  what + ", cut off");
            }
          }
        });
    assertTrue(succeeded.containsKey(Operation.GETATTR), "no results were compared: " + succeeded);
    assertTrue(succeeded.containsKey(Operation.READDIR), "no listings: " + succeeded);
  }

  @Test
  void whatASceneOfEachOperationIsAnsweredIsOfTheGrammar() {
    StateScene scene = StateScene.ordinary();
    for (int i = 0; i < scene.calls().size(); i++) {
      StateScene fresh = StateScene.ordinary();
      StateScene.Call call = fresh.calls().get(i);
      XdrBytes[] operations = call.operations().toArray(XdrBytes[]::new);
      XdrBytes body = xdr();
      call.operations().forEach(operation -> body.raw(operation.bytes()));
      byte[] message =
          call.session()
              ? fresh.client.prepare(true, operations)
              : fresh.server.message(0, operations.length, body);
      statusOf(fresh.client.connection.call(message), 1);
      fresh.close();
    }
    scene.close();
  }

  private static XdrReader reader(byte[] bytes) {
    return new XdrReader().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  @Test
  void bitmapsAndStateidsAreReadAsThePlainCodecHasThem() {
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<?> words = (List<?>) Nfs4Types.BITMAP.random(random);
      Bitmap4 bitmap = Bitmap4.decode(reader(Nfs4Types.BITMAP.encoded(words)));
      for (int number = 0; number < 128; number++) {
        int word = number / 32 < words.size() ? (Integer) words.get(number / 32) : 0;
        assertEquals((word >>> number % 32 & 1) != 0, bitmap.has(number), "bit " + number);
      }
      List<?> stateid = (List<?>) Nfs4Types.STATEID.random(random);
      byte[] bytes = Nfs4Types.STATEID.encoded(stateid);
      Stateid read = Stateid.decode(reader(bytes));
      ByteBuffer other = (ByteBuffer) stateid.get(1);
      assertEquals(stateid.get(0), read.seqid());
      assertEquals(other.getLong(0), read.otherHigh());
      assertEquals(other.getInt(8), read.otherLow());
    }
  }

  @Test
  void attributesToSetAreReadAsTheyWereWritten() {
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      boolean size = random.nextBoolean();
      boolean mode = random.nextBoolean();
      boolean owner = random.nextBoolean();
      boolean modified = random.nextBoolean();
      long sizeBytes = random.nextLong(Long.MAX_VALUE);
      int modeBits = random.nextInt(010000);
      int uid = random.nextInt();
      long seconds = random.nextLong(1L << 33);
      int nanos = random.nextInt(1_000_000_000);
      XdrBytes values = xdr();
      Bitmap4 set = Bitmap4.EMPTY;
      if (size) {
        values.l(sizeBytes);
        set = with(set, Attribute.SIZE);
      }
      if (mode) {
        values.i(modeBits);
        set = with(set, Attribute.MODE);
      }
      if (owner) {
        values.opaque(Integer.toUnsignedString(uid).getBytes(StandardCharsets.US_ASCII));
        set = with(set, Attribute.OWNER);
      }
      if (modified) {
        values.i(1).l(seconds).i(nanos);
        set = with(set, Attribute.TIME_MODIFY_SET);
      }
      XdrBytes all = xdr().i(2, (int) set.low(), (int) (set.low() >>> 32)).opaque(values.bytes());
      AttributeDecoder decoder = new AttributeDecoder(1);
      assertEquals(Nfs4Status.OK, decoder.decode(reader(all.bytes())), "seed " + seed);
      assertEquals(set.low(), decoder.requested().low());
      if (size) {
        assertEquals(sizeBytes, decoder.changes().sizeBytes);
      }
      if (mode) {
        assertEquals(modeBits, decoder.changes().mode);
      }
      if (owner) {
        assertEquals(uid, decoder.changes().uid);
      }
      if (modified) {
        assertEquals(seconds * 1_000_000_000 + nanos, decoder.changes().mtimeNanos);
      }
    }
  }

  private static Bitmap4 with(Bitmap4 set, int number) {
    return new Bitmap4(set.low() | 1L << number, set.high(), false);
  }
}
