package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever order the file system completes in, every compound is answered once and rightly. */
class SeededOrderTest {
  private static final int SEEDS = 60;
  private static final int CALLS = 40;

  @Test
  void everyCompoundIsAnsweredOnceInAnyOrderOfCompletions() {
    for (long seed = 0; seed < SEEDS; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    Completions completions = Completions.shuffled(seed);
    NfsHarness nfs = new NfsHarness(completions);
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[100]);
    int sent = 0;
    int received = 0;
    Set<Integer> answered = new HashSet<>();
    while (received < CALLS) {
      if (sent < CALLS && random.nextBoolean()) {
        nfs.connection.receive(Calls.record(call(nfs, file, random)), 1 + random.nextInt(400));
        sent++;
      } else {
        completions.releaseOne();
      }
      List<byte[]> replies = nfs.connection.replies();
      for (byte[] reply : replies) {
        assertTrue(answered.add(ByteBuffer.wrap(reply).getInt()), "answered twice, seed " + seed);
        assertTrue(NfsHarness.Result.of(reply).isOk(), "seed " + seed);
      }
      received += replies.size();
    }
    assertEquals(0, completions.heldCount());
    assertEquals(CALLS, nfs.session.taken);
    assertEquals(CALLS, nfs.session.finalised);
    nfs.close();
  }

  private static byte[] call(NfsHarness nfs, FileHandle file, Random random) {
    int attributes = 1 << 4 | 1 << 3 | 1 << 21;
    return switch (random.nextInt(4)) {
      case 0 ->
          nfs.inSession(
              3,
              nfs.putFh(file)
                  .raw(FileOperationsTest.read(random.nextInt(200), 50))
                  .i(Operation.GETATTR.number(), 1, attributes)
                  .bytes());
      case 1 ->
          nfs.inSession(
              3,
              nfs.putFh(file)
                  .raw(FileOperationsTest.write(random.nextInt(50), new byte[20], 0).bytes())
                  .i(Operation.GETATTR.number(), 1, attributes)
                  .bytes());
      case 2 -> {
        XdrBytes lookup = xdr().i(Operation.LOOKUP.number()).string("f");
        yield nfs.inSession(
            4,
            nfs.putRootFh()
                .raw(lookup.bytes())
                .i(Operation.GETFH.number(), Operation.ACCESS.number(), 63)
                .bytes());
      }
      default ->
          nfs.inSession(
              2,
              nfs.putRootFh()
                  .i(Operation.READDIR.number())
                  .l(0, 0)
                  .i(4096, 4096, 1, attributes)
                  .bytes());
    };
  }
}
