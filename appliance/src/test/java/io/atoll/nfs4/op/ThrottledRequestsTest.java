package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.read;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.nfs4.op.Requests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.figures.RequestFigures;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionClient;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.meter.IoTotals;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.meter.RequestKind;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests over the rate of their file system: 1 MiB a second here. */
class ThrottledRequestsTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 256 << 10;
  private static final long METADATA_THIRDS = Metering.thirds(4096);

  private final StateHarness server = new StateHarness();
  private final IoTotals totals = new IoTotals();
  private final RequestFigures figures = new RequestFigures();
  private Admission admission;
  private StateHarness.Client client;
  private Stateid file;
  private int slotSequence;

  private void begin(AdmissionLimits limits) {
    admission =
        new Admission(
            server.loop,
            new Allowance(
                ThroughputLimits.DEFAULT,
                ThroughputSettings.provisioned(MIB),
                0,
                Credits.NONE,
                server.loop.monotonicNanos()),
            limits);
    server.throttle(admission, totals, figures);
    client = server.mount("client");
    Reply opened = client.call(putRoot(), openCreating("file", BOTH, 0644, -1));
    file = opened.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    server.advanceSeconds(1);
  }

  private void begin() {
    begin(AdmissionLimits.DEFAULT);
  }

  @AfterEach
  void end() {
    admission.release();
    server.advanceSeconds(1);
    client.connection.close();
  }

  private Reply callUncached(XdrBytes... operations) {
    return StateHarness.afterSequence(client.connection.call(client.prepare(false, operations)));
  }

  private void send(int slot, int sequence, XdrBytes... operations) {
    client.connection.receive(Calls.record(client.prepare(slot, sequence, false, operations)));
  }

  private XdrBytes block(int number) {
    return write(file, (long) number * BLOCK, new byte[BLOCK]);
  }

  /** Puts the bucket into debt for a quarter of a second, and has a further write wait. */
  private void crowd() {
    client.call(putRoot(), lookup("file"), block(0)).is(Nfs4Status.OK);
    send(1, ++slotSequence, putRoot(), lookup("file"), block(1));
    assertEquals(List.of(), client.connection.replies());
  }

  @Test
  void whatWaitsHasHadNoEffect() {
    begin();
    client.call(putRoot(), lookup("file"), block(0)).is(Nfs4Status.OK);
    long steps = server.steps();
    send(1, 1, putRoot(), op(Operation.REMOVE).string("file"));
    server.advanceSeconds(0.1);
    assertEquals(steps, server.steps(), "the file system was asked for something");
    assertEquals(List.of(), client.connection.replies());
    server.advanceSeconds(0.2);
    StateHarness.afterSequence(client.connection.replies().getFirst()).is(Nfs4Status.OK);
    assertEquals(1, figures.admissionWait().count());
  }

  @Test
  void aRetryOfWhatWaitsIsDelayedAndNotDoneTwice() {
    begin();
    client.call(putRoot(), lookup("file"), block(0)).is(Nfs4Status.OK);
    byte[] request = client.prepare(1, 1, true, putRoot(), op(Operation.REMOVE).string("file"));
    client.connection.receive(Calls.record(request));
    client.connection.receive(Calls.record(request));
    new Reply(client.connection.replies().getFirst()).is(Nfs4Status.DELAY);
    server.advanceSeconds(1);
    StateHarness.afterSequence(client.connection.replies().getFirst()).is(Nfs4Status.OK);
  }

  @Test
  void renewalsAndUnlocksPassWhateverWaits() {
    begin();
    Reply locked = client.call(putRoot(), lookup("file"), Requests.lock(2, 0, 10, file, "locker"));
    Stateid lock =
        locked
            .is(Nfs4Status.OK)
            .ok(Operation.PUTROOTFH)
            .ok(Operation.LOOKUP)
            .ok(Operation.LOCK)
            .stateid();
    server.advanceSeconds(1);
    crowd();
    client.call().is(Nfs4Status.OK);
    XdrBytes unlock = stateid(op(Operation.LOCKU).i(2, 0), lock).l(0, 10);
    long before = admission.admittedThirds();
    // The lookup would have to wait; a client that unlocks has the handle.
    server.loop.advance(0);
    assertEquals(1, admission.queuedRequests());
    client.call(putRoot(), unlock);
    client.call(putRoot(), op(Operation.FREE_STATEID).i(0).l(0).i(0));
    assertEquals(before, admission.admittedThirds(), "something was metered");
    assertEquals(1, admission.queuedRequests());
  }

  @Test
  void attributesAskedForWithACloseAreFree() {
    begin();
    crowd();
    long before = admission.admittedThirds();
    client.call(op(Operation.RECLAIM_COMPLETE).i(0), putRoot());
    client.call(putRoot(), Requests.close(file), op(Operation.GETATTR).i(0));
    assertEquals(before, admission.admittedThirds());
  }

  @Test
  void aCompoundCountsForItsDataOrOnceForMetadata() {
    begin();
    long before = admission.admittedThirds();
    client.call(putRoot(), lookup("file"), op(Operation.GETATTR).i(0)).is(Nfs4Status.OK);
    assertEquals(before + METADATA_THIRDS, admission.admittedThirds());
    before = admission.admittedThirds();
    server.advanceSeconds(1);
    client.call(putRoot(), lookup("file"), block(0), op(Operation.GETATTR).i(0));
    assertEquals(before + Metering.thirds(BLOCK), admission.admittedThirds());
    server.advanceSeconds(1);
    before = admission.admittedThirds();
    callUncached(putRoot(), lookup("file"), read(file, 0, BLOCK)).is(Nfs4Status.OK);
    assertEquals(before + BLOCK, admission.admittedThirds());
    assertEquals(1, totals.requests(RequestKind.DATA_READ));
    assertEquals(BLOCK, totals.bytes(RequestKind.DATA_READ));
    assertEquals(BLOCK, totals.bytes(RequestKind.DATA_WRITE));
  }

  @Test
  void aReadAtTheEndGivesBackWhatItDidNotMove() {
    begin();
    long before = admission.admittedThirds();
    callUncached(putRoot(), lookup("file"), read(file, 0, BLOCK)).is(Nfs4Status.OK);
    assertEquals(before + METADATA_THIRDS, admission.admittedThirds());
  }

  @Test
  void aClientThatWaitsForManyLeasesKeepsItsOwn() {
    begin();
    for (int i = 0; i < 4 * 4 * StateHarness.LEASE_SECONDS; i++) {
      admission.submit(new AdmissionClient(open -> {}), new Bystander(), Metering.thirds(BLOCK));
    }
    send(1, 1, putRoot(), lookup("file"), block(1));
    server.advanceSeconds(4 * StateHarness.LEASE_SECONDS);
    server.advanceSeconds(StateHarness.LEASE_SECONDS / 2.0);
    assertEquals(1, client.connection.replies().size());
    client.call().is(Nfs4Status.OK);
  }

  @Test
  void soDoesOneOfNfs40WhoseRenewalsStandBehind() {
    begin();
    Client40 old = Client40.confirmed(server, "old");
    Stateid theirs = old.opened("owner", 1, "file");
    server.advanceSeconds(2);
    old.on("file", write(theirs, 0, new byte[BLOCK])).is(Nfs4Status.OK);
    for (int i = 0; old.connection.isReading(); i++) {
      old.connection.receive(
          Calls.record(old.message(putRoot(), lookup("file"), write(theirs, i, new byte[MIB]))));
    }
    int seconds = 0;
    for (; admission.queuedRequests() > 0; seconds++) {
      server.advanceSeconds(1);
    }
    assertTrue(seconds > StateHarness.LEASE_SECONDS, "it waited too shortly: " + seconds + " s");
    assertTrue(old.connection.isReading(), "it is not read again");
    old.connection.replies();
    old.renew().is(Nfs4Status.OK);
    old.connection.close();
  }

  @Test
  void atTheQueuesBoundAClientIsToldToComeAgain() {
    begin(new AdmissionLimits(1, 1, 1));
    crowd();
    assertFalse(client.connection.isReading(), "nothing of it may be added");
    StateHarness.Client other = server.mount("other");
    other.call(putRoot(), op(Operation.REMOVE).string("file")).is(Nfs4Status.DELAY);
    server.advanceSeconds(2);
    assertEquals(1, client.connection.replies().size());
    assertTrue(client.connection.isReading(), "it is not read again");
    other.connection.close();
  }

  @Test
  void whatWaitsIsLetGoWhenTheFileSystemGoesDown() {
    begin();
    crowd();
    admission.release();
    server.advanceSeconds(0);
    assertEquals(1, client.connection.replies().size());
  }

  private static final class Bystander extends AdmissionRequest {
    @Override
    protected void admitted() {}
  }
}
