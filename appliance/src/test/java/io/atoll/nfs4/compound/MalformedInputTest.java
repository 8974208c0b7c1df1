package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever a socket sends: an answer or a closed connection, each slot given back, no buffer lost,
 * no exception. Random, but the same each time.
 */
class MalformedInputTest {
  private static final int SEEDS = 1000;
  private static final int ILLEGAL_LENGTHS = 400;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);

  private ByteBuf allocate(long offsetBytes, int lengthBytes) {
    ByteBuf buffer = memory.directBuffer(lengthBytes + 4096);
    int index = (int) (offsetBytes - buffer.memoryAddress() & 4095);
    return buffer.setIndex(index, index);
  }

  private static List<byte[]> goodRecords(NfsHarness nfs) {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[100]);
    int size = 1 << 4;
    List<byte[]> records = new ArrayList<>();
    for (byte[] operations :
        List.of(
            nfs.putFh(file).raw(FileOperationsTest.read(0, 50)).bytes(),
            nfs.putFh(file).raw(FileOperationsTest.write(3, new byte[21], 2).bytes()).bytes(),
            nfs.putFh(file).raw(FileOperationsTest.write(3, new byte[12_003], 0).bytes()).bytes(),
            nfs.putFh(file).i(Operation.GETATTR.number(), 3, -1, 0x00b7ffff, 0x800).bytes(),
            nfs.putFh(file)
                .i(Operation.SETATTR.number(), 0, 0, 0, 0, 2, size, 1 << 1 | 1 << 4)
                .opaque(xdr().l(9).i(0600).string("12").bytes())
                .bytes(),
            nfs.putRootFh().i(Operation.LOOKUP.number()).string("f").bytes(),
            nfs.putRootFh().i(Operation.CREATE.number(), 5).string("t").string("n").i(0, 0).bytes(),
            nfs.putRootFh().i(Operation.REMOVE.number()).string("n").bytes(),
            nfs.putRootFh().i(Operation.READDIR.number()).l(0, 0).i(512, 512, 1, size).bytes(),
            nfs.putFh(file).i(Operation.VERIFY.number(), 1, size).opaque(new byte[8]).bytes(),
            nfs.putFh(file).i(Operation.COMMIT.number()).l(0).i(0).bytes())) {
      records.add(Calls.record(nfs.inSession(2, operations)));
    }
    return records;
  }

  private void finish(NfsHarness nfs, long seed) {
    nfs.close();
    assertEquals(nfs.session.taken, nfs.session.finalised, "slots, seed " + seed);
    assertEquals(0, memory.metric().usedDirectMemory(), "payload buffers, seed " + seed);
  }

  @Test
  void mutatedCompounds() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
      List<byte[]> records = goodRecords(nfs);
      for (int i = 0; i < 4; i++) {
        byte[] record = records.get(random.nextInt(records.size())).clone();
        mutate(record, random);
        nfs.connection.receive(record, 1 + random.nextInt(20_000));
      }
      finish(nfs, seed);
    }
  }

  private static void mutate(byte[] record, Random random) {
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(Math.min(record.length, 400));
      switch (random.nextInt(4)) {
        case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> record[at] = (byte) random.nextInt();
        case 2 -> fill(record, at, (byte) 0xff);
        default -> fill(record, at, (byte) 0);
      }
    }
  }

  private static void fill(byte[] record, int at, byte value) {
    int word = at & ~3;
    for (int i = word; i < Math.min(word + 4, record.length); i++) {
      record[i] = value;
    }
  }

  @Test
  void truncatedCompounds() {
    NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
    for (byte[] record : goodRecords(nfs)) {
      int message = record.length - 4;
      for (int length = 8; length < Math.min(message, 400); length++) {
        byte[] cut = new byte[length];
        System.arraycopy(record, 4, cut, 0, length);
        nfs.connection.receive(Calls.record(cut));
        assertEquals(1, nfs.connection.replies().size());
      }
    }
    assertTrue(nfs.connection.isOpen());
    finish(nfs, 0);
  }

  @Test
  void randomBytes() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      nfs.connection.receive(bytes, 1 + random.nextInt(500));
      nfs.connection.receive(Calls.record(bytes.length == 0 ? new byte[1] : bytes));
      finish(nfs, seed);
    }
  }

  @Test
  void randomOperationsInGoodCompounds() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
      byte[] arguments = new byte[random.nextInt(200) & ~3];
      for (int i = 0; i < arguments.length; i++) {
        // Small numbers look like lengths, counts and operations.
        arguments[i] = i % 4 == 3 ? (byte) random.nextInt(64) : 0;
      }
      int operation = random.nextInt(60);
      byte[] operations = nfs.putRootFh().i(operation).raw(arguments).bytes();
      byte[] reply = nfs.connection.call(nfs.inSession(2 + random.nextInt(5), operations));
      assertTrue(reply.length > 0);
      finish(nfs, seed);
    }
  }

  @Test
  void absurdLengthsCostNothing() {
    NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
    for (int i = 0; i < ILLEGAL_LENGTHS; i++) {
      int length = Integer.MAX_VALUE - i * (Integer.MAX_VALUE / ILLEGAL_LENGTHS);
      for (Operation operation :
          List.of(Operation.PUTFH, Operation.LOOKUP, Operation.GETATTR, Operation.VERIFY)) {
        byte[] operations = nfs.putRootFh().i(operation.number(), length).bytes();
        nfs.connection.receive(Calls.record(nfs.inSession(2, operations)));
      }
    }
    assertTrue(nfs.connection.isOpen());
    finish(nfs, 0);
  }
}
