package io.atoll.io.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.ring.FakeRing.Submission;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of completions that a real disk hardly ever gives. */
class RingOperationsTest {

  private static final int ALIGNMENT = 512;
  private static final int BLOCK = 4096;
  private static final long ADDRESS = 0x10000;

  /** No descriptor: closing it is answered with EBADF. */
  private static final int FD = 1_000_000;

  private static final int EBADF = 9;

  private final FakeRing ring = new FakeRing();
  private final IoCounters counters = new IoCounters();
  private final List<Integer> results = new ArrayList<>();
  private final IoCompletion done = (cookie, result) -> results.add(result);
  private RingOperations operations = operations(true);
  private RingFile file = file();

  private RingOperations operations(boolean durableWriteFlushes) {
    RingOperations made = new RingOperations(ring, counters, ALIGNMENT, durableWriteFlushes);
    made.submitsBy(ring);
    made.registeredAs(ring);
    return made;
  }

  private RingFile file() {
    RingFile made = new RingFile(operations, "data", FD, ALIGNMENT, 0);
    operations.owned().own(made);
    return made;
  }

  /** As the loop does at the end of a turn. */
  private void submitAll() {
    while (operations.hasStaged()) {
      operations.nextBurst();
    }
  }

  @Test
  void whatABurstHasNoRoomForGoesWithTheNextInOrder() {
    int bursts = 3;
    int all = bursts * RingOperations.BURST_OPERATIONS;
    for (int i = 0; i < all; i++) {
      operations.read(file, ADDRESS, BLOCK, (long) i * BLOCK, done, 0);
    }
    for (int burst = 1; burst <= bursts; burst++) {
      assertEquals(burst * RingOperations.BURST_OPERATIONS, ring.submissions().size());
      assertEquals(burst < bursts, operations.hasStaged());
      assertEquals(burst < bursts, operations.nextBurst());
    }
    for (int i = 0; i < all; i++) {
      assertEquals((long) i * BLOCK, ring.submissions().get(i).offset());
    }
  }

  @Test
  void whatWaitsForABurstHasItsEndWhenAllIsClosed() {
    int all = 2 * RingOperations.BURST_OPERATIONS;
    for (int i = 0; i < all; i++) {
      operations.read(file, ADDRESS, BLOCK, 0, done, 0);
    }
    operations.close();
    while (!ring.submissions().isEmpty()) {
      ring.complete(operations, BLOCK);
    }
    assertEquals(all, results.size());
  }

  @Test
  void shortWriteIsContinued() {
    operations.write(file, ADDRESS, 4 * BLOCK, BLOCK, done, 0);
    ring.complete(operations, BLOCK);
    assertEquals(List.of(), results);
    Submission rest = ring.submissions().getFirst();
    assertEquals(2 * BLOCK, rest.offset());
    assertEquals(ADDRESS + BLOCK, rest.address());
    assertEquals(3 * BLOCK, rest.length());
    ring.complete(operations, 3 * BLOCK);
    assertEquals(List.of(4 * BLOCK), results);
    assertEquals(5 * BLOCK, file.lengthBytes());
    assertEquals(1, counters.snapshot().writes());
  }

  @Test
  void shortReadIsContinuedUntilTheFileEnds() {
    operations.read(file, ADDRESS, 4 * BLOCK, 0, done, 0);
    ring.complete(operations, BLOCK);
    ring.complete(operations, BLOCK);
    assertEquals(2 * BLOCK, ring.submissions().getFirst().length());
    ring.complete(operations, 0);
    assertEquals(List.of(2 * BLOCK), results);
  }

  @Test
  void aReadThatEndsWithinABlockHasReachedTheEnd() {
    operations.read(file, ADDRESS, 4 * BLOCK, 0, done, 0);
    ring.complete(operations, BLOCK + 100);
    assertEquals(List.of(BLOCK + 100), results);
    assertEquals(List.of(), ring.submissions());
  }

  @Test
  void aWriteThatCanNotBeContinuedFails() {
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    ring.complete(operations, 100);
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    ring.complete(operations, 0);
    assertEquals(List.of(-Errno.EIO, -Errno.EIO), results);
    assertEquals(2, counters.snapshot().failures());
  }

  @Test
  void shortVectoredWriteGoesOnWithinItsVectors() {
    ByteBuf first = Unpooled.directBuffer(BLOCK).writeZero(BLOCK);
    ByteBuf second = Unpooled.directBuffer(2 * BLOCK).writeZero(2 * BLOCK);
    operations.moveVectored(
        SlotTable.Kind.VECTORED_WRITE,
        file,
        new ByteBuf[] {first, second},
        2,
        3 * BLOCK,
        0,
        done,
        0);
    Submission whole = ring.submissions().getFirst();
    assertEquals(2, whole.length());
    ring.complete(operations, 2 * BLOCK);
    Submission rest = ring.submissions().getFirst();
    assertEquals(1, rest.length());
    assertEquals(whole.address() + 16, rest.address());
    assertEquals(2 * BLOCK, rest.offset());
    ring.complete(operations, BLOCK);
    assertEquals(List.of(3 * BLOCK), results);
    first.release();
    second.release();
  }

  @Test
  void whatTheKernelInterruptedIsTriedAgain() {
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    ring.complete(operations, -Errno.EINTR);
    ring.complete(operations, -Errno.EAGAIN);
    ring.complete(operations, BLOCK);
    assertEquals(List.of(BLOCK), results);
  }

  @Test
  void tryingAgainEnds() {
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    int tries = 0;
    while (results.isEmpty() && tries < 1000) {
      ring.complete(operations, -Errno.EAGAIN);
      tries++;
    }
    assertEquals(List.of(-Errno.EAGAIN), results);
  }

  @Test
  void aSyncIsNeverTriedAgain() {
    for (int errno : new int[] {Errno.EINTR, Errno.EAGAIN, Errno.EIO}) {
      operations.dataSync(file, done, 0);
      ring.complete(operations, -errno);
    }
    assertEquals(List.of(-Errno.EINTR, -Errno.EAGAIN, -Errno.EIO), results);
    assertEquals(List.of(), ring.submissions());
  }

  @Test
  void everyErrnoIsPassedOn() {
    for (int errno : new int[] {Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EROFS}) {
      operations.write(file, ADDRESS, BLOCK, 0, done, 0);
      ring.complete(operations, -errno);
    }
    assertEquals(List.of(-Errno.EIO, -Errno.ENOSPC, -Errno.EDQUOT, -Errno.EROFS), results);
    assertEquals(0, file.lengthBytes());
  }

  @Test
  void aDurableWriteIsOneOperationWhereThatFlushes() {
    operations.writeDurably(file, ADDRESS, BLOCK, 0, done, 0);
    assertEquals(LinuxAbi.RWF_DSYNC, ring.submissions().getFirst().flags());
    ring.complete(operations, BLOCK);
    assertEquals(List.of(BLOCK), results);
    assertEquals(1, counters.snapshot().flushes());
  }

  @Test
  void aDurableWriteIsSyncedWhereTheDeviceWouldNotFlush() {
    operations = operations(false);
    file = file();
    operations.writeDurably(file, ADDRESS, 2 * BLOCK, 0, done, 0);
    assertEquals(0, ring.submissions().getFirst().flags());
    ring.complete(operations, BLOCK);
    ring.complete(operations, BLOCK);
    assertEquals(List.of(), results);
    Submission sync = ring.submissions().getFirst();
    assertEquals(RingOpcode.FSYNC, sync.opcode());
    assertEquals(RingOpcode.FSYNC_DATASYNC, sync.flags());
    assertEquals(0, sync.length());
    ring.complete(operations, 0);
    assertEquals(List.of(2 * BLOCK), results);
    assertEquals(1, counters.snapshot().flushes());
    assertEquals(1, counters.snapshot().durableWrites());
  }

  @Test
  void aDurableWriteFailsWithItsSync() {
    operations = operations(false);
    file = file();
    operations.writeDurably(file, ADDRESS, BLOCK, 0, done, 0);
    ring.complete(operations, BLOCK);
    ring.complete(operations, -Errno.EIO);
    assertEquals(List.of(-Errno.EIO), results);
    assertEquals(0, counters.snapshot().durableWrites());
  }

  @Test
  void queuedOperationsStartInOrderAsOthersEnd() {
    int bound = Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;
    for (int i = 0; i < bound + 3; i++) {
      operations.write(file, ADDRESS, BLOCK, (long) i * BLOCK, done, 0);
    }
    submitAll();
    assertEquals(bound, ring.submissions().size());
    for (int i = 0; i < 3; i++) {
      ring.complete(operations, BLOCK);
      assertEquals((long) (bound + i) * BLOCK, ring.submissions().getLast().offset());
    }
    assertEquals(bound, ring.submissions().size());
  }

  @Test
  void aSyncOvertakesWhatIsQueued() {
    for (int i = 0; i < Disk.MAX_FILE_OPERATIONS_IN_FLIGHT + 3; i++) {
      operations.write(file, ADDRESS, BLOCK, (long) i * BLOCK, done, 0);
    }
    operations.dataSync(file, done, 0);
    operations.writeDurably(file, ADDRESS, BLOCK, 0, done, 0);
    submitAll();
    int started = ring.submissions().size();
    assertEquals(Disk.MAX_FILE_OPERATIONS_IN_FLIGHT + 2, started);
    assertEquals(RingOpcode.FSYNC, ring.submissions().get(started - 2).opcode());
    assertEquals(LinuxAbi.RWF_DSYNC, ring.submissions().get(started - 1).flags());
  }

  @Test
  void syncsBeyondTheirBoundQueueAmongThemselves() {
    for (int i = 0; i < Disk.MAX_FILE_SYNCS_IN_FLIGHT + 2; i++) {
      operations.dataSync(file, done, 0);
    }
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    submitAll();
    assertEquals(Disk.MAX_FILE_SYNCS_IN_FLIGHT + 1, ring.submissions().size());
    ring.complete(operations, 0);
    assertEquals(RingOpcode.FSYNC, ring.submissions().getLast().opcode());
  }

  @Test
  void whatTheRingDoesNotTakeEndsAndLeavesTheOthersTheirTurn() {
    ring.refuse(1);
    operations.write(
        file,
        ADDRESS,
        BLOCK,
        0,
        (cookie, result) -> {
          results.add(result);
          ring.refuse(1);
          operations.write(file, ADDRESS, BLOCK, BLOCK, done, 0);
          operations.write(file, ADDRESS, BLOCK, 2 * BLOCK, done, 0);
        },
        0);
    assertEquals(List.of(), results, "told before the call returned");
    ring.runTasks();
    assertEquals(List.of(-Errno.ECANCELED, -Errno.ECANCELED), results);
    assertEquals(1, operations.operationsInFlight());
    ring.complete(operations, BLOCK);
    assertEquals(List.of(-Errno.ECANCELED, -Errno.ECANCELED, BLOCK), results);
  }

  @Test
  void stagedSubmissionsThatTheRingDoesNotTakeEndEachForItself() {
    operations.write(
        file,
        ADDRESS,
        BLOCK,
        0,
        (cookie, result) -> {
          ring.refuse(1);
          operations.write(file, ADDRESS, BLOCK, BLOCK, done, 0);
          operations.write(file, ADDRESS, BLOCK, 2 * BLOCK, done, 0);
        },
        0);
    ring.complete(operations, BLOCK);
    ring.runTasks();
    assertEquals(List.of(-Errno.ECANCELED), results);
    ring.complete(operations, BLOCK);
    assertEquals(List.of(-Errno.ECANCELED, BLOCK), results);
  }

  @Test
  void stoppingCancelsWhatIsQueuedAndWaitsForTheRest() {
    int bound = Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;
    for (int i = 0; i < bound + 3; i++) {
      operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    }
    operations.close();
    assertEquals(List.of(-Errno.ECANCELED, -Errno.ECANCELED, -Errno.ECANCELED), results);
    assertEquals(bound, operations.operationsInFlight());
    results.clear();
    for (int i = 0; i < bound; i++) {
      ring.complete(operations, BLOCK);
    }
    assertEquals(bound, results.size());
    assertEquals(0, operations.operationsInFlight());
    assertTrue(operations.isGone());
  }

  @Test
  void afterStoppingNothingStarts() {
    operations.write(file, ADDRESS, 2 * BLOCK, 0, done, 0);
    operations.close();
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    assertEquals(List.of(), results);
    ring.runTasks();
    assertEquals(List.of(-Errno.ECANCELED), results);
    ring.complete(operations, BLOCK);
    assertEquals(List.of(-Errno.ECANCELED, -Errno.ECANCELED), results, "not continued");
    assertEquals(List.of(), ring.submissions());
  }

  @Test
  void aFileMayBeClosedAfterStopping() {
    operations.write(file, ADDRESS, BLOCK, 0, done, 0);
    operations.close();
    file.close(done, 0);
    ring.complete(operations, BLOCK);
    ring.runTasks();
    assertEquals(List.of(BLOCK, -EBADF), results);
  }
}
