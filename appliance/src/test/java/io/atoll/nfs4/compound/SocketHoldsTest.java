package io.atoll.nfs4.compound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.figures.RequestFigures;
import io.atoll.io.sim.SimLoop;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.meter.IoTotals;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.rpc.RpcConnection;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which connections are not read while requests wait to be admitted, and until when. */
class SocketHoldsTest {
  private static final int MIB = 1 << 20;
  private static final long MIB_THIRDS = Metering.thirds(MIB);

  private final SocketHolds holds = new SocketHolds();

  /** A connection of which nothing is asked but what holding and counting take. */
  private static final class Socket {
    private final List<Boolean> held = new ArrayList<>();
    private Object attachment;
    private final RpcConnection connection =
        (RpcConnection)
            Proxy.newProxyInstance(
                Socket.class.getClassLoader(), new Class<?>[] {RpcConnection.class}, this::answer);

    private Object answer(Object proxy, Method method, Object... arguments) {
      return switch (method.getName()) {
        case "holdReading" -> holdReading((Boolean) arguments[0]);
        case "attachment" -> attachment;
        case "attach" -> attach(arguments[0]);
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
        default -> throw new UnsupportedOperationException(method.toString());
      };
    }

    private Object holdReading(boolean hold) {
      held.add(hold);
      return null; // what a void method's proxy returns
    }

    private Object attach(Object newAttachment) {
      attachment = newAttachment;
      return null;
    }

    boolean isHeld() {
      return !held.isEmpty() && held.getLast();
    }
  }

  @Test
  void connectionHeldForTwoReasonsIsReadWhenBothHaveEnded() {
    Socket socket = new Socket();
    holds.hold(socket.connection);
    holds.hold(socket.connection);
    holds.release(socket.connection);
    assertTrue(socket.isHeld());
    holds.release(socket.connection);
    assertEquals(List.of(true, false), socket.held);
    holds.hold(socket.connection);
    assertTrue(socket.isHeld());
  }

  @Test
  void whoBringsMoreThanTheMemoryOfWaitingRequestsIsNotReadUntilHalfOfItIsFree() {
    Socket first = new Socket();
    Socket second = new Socket();
    int bound = (int) SocketHolds.MAX_WAITING_BYTES;
    holds.began(first.connection, bound);
    assertFalse(first.isHeld());
    holds.began(second.connection, 1);
    assertFalse(first.isHeld(), "it brought nothing more");
    assertTrue(second.isHeld());
    holds.began(first.connection, 1);
    assertTrue(first.isHeld());

    holds.ended(first.connection, bound / 2);
    assertFalse(first.isHeld(), "one of its own goes on");
    assertTrue(second.isHeld(), "more than half is still held");
    holds.ended(first.connection, bound / 2);
    assertFalse(second.isHeld());
    assertEquals(List.of(true, false), second.held);
  }

  @Test
  void memoryAndTheQueueAreReasonsOfTheirOwn() {
    Socket socket = new Socket();
    SocketGate gate = new SocketGate(holds);
    holds.began(socket.connection, (int) SocketHolds.MAX_WAITING_BYTES + 1);
    gate.hold(socket.connection);
    gate.hold(socket.connection);
    gate.reading(true);
    assertTrue(socket.isHeld());
    holds.ended(socket.connection, (int) SocketHolds.MAX_WAITING_BYTES + 1);
    assertEquals(List.of(true, false), socket.held);
  }

  /** One that says when it was admitted. */
  private static final class Noted extends AdmissionRequest {
    private final List<Integer> admitted;
    private final int number;

    Noted(List<Integer> admitted, int number) {
      this.admitted = admitted;
      this.number = number;
    }

    @Override
    protected void admitted() {
      admitted.add(number);
    }
  }

  @Test
  void readingStopsWhenTheQueueIsFullAndGoesOnWithNothingDropped() {
    SimLoop loop = new SimLoop(new SplittableRandom(1));
    Admission admission =
        new Admission(
            loop,
            new Allowance(
                ThroughputLimits.DEFAULT,
                ThroughputSettings.provisioned(MIB),
                0,
                Credits.NONE,
                loop.monotonicNanos()),
            new AdmissionLimits(4, 100, 200));
    RequestMeter meter =
        new RequestMeter(admission, new IoTotals(), new RequestFigures(), () -> false);
    Socket socket = new Socket();
    Socket other = new Socket();
    List<Integer> admitted = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    // As from a socket: what is there is read until reading is held.
    int sent = 0;
    while (!socket.isHeld()) {
      all.add(sent);
      Noted request = new Noted(admitted, sent++);
      switch (meter.submit(null, socket.connection, request, MIB_THIRDS)) {
        case ADMITTED -> admitted.add(request.number);
        case QUEUED -> assertTrue(sent < 10, "still read");
        case FULL -> throw new AssertionError("refused");
      }
    }
    assertEquals(4, admission.queuedRequests());

    // What keeps state passes; and another client's socket is read.
    assertEquals(
        Admittance.ADMITTED, meter.submit(null, socket.connection, new Noted(admitted, -1), 0));
    meter.submit(null, other.connection, new Noted(new ArrayList<>(), 0), MIB_THIRDS);
    assertFalse(other.isHeld());

    loop.runUntil(() -> !socket.isHeld(), Integer.MAX_VALUE);
    assertTrue(admission.queuedRequests() > 0, "it is read before all have been admitted");
    loop.runUntil(() -> admission.queuedRequests() == 0, Integer.MAX_VALUE);
    assertEquals(all, admitted);
    assertEquals(List.of(true, false), socket.held);
  }
}
