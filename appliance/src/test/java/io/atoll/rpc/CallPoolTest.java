package io.atoll.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call takes of the heap is kept for the server, not for each connection. */
class CallPoolTest {
  private static final RpcLimits LIMITS =
      new RpcLimits(64 * 1024, 8, 1 << 20, 64 * 1024, 1 << 22, 0, 256 * 1024, 8, 30, 300, 120);

  private final Keeper keeper = new Keeper();
  private final TestConnection first =
      new TestConnection(
          new ManualLoop(), LIMITS, PayloadFinder.NONE, (offset, length) -> null, keeper);
  private final TestConnection second = first.another();

  @AfterEach
  void nothingLeaks() {
    keeper.calls.stream().filter(RpcCall::isActive).forEach(RpcCall::drop);
    second.discardSent();
    second.disconnect();
    first.close();
  }

  /** Leaves its calls to the test. */
  private static final class Keeper implements RpcProgram {
    final List<RpcCall> calls = new ArrayList<>();
    boolean answersAtOnce;
    Runnable afterwards = () -> {};

    @Override
    public int number() {
      return Calls.NFS;
    }

    @Override
    public int version() {
      return 4;
    }

    @Override
    public int highestProcedure() {
      return 1;
    }

    @Override
    public void call(RpcCall call) {
      calls.add(call);
      if (answersAtOnce) {
        answersAtOnce = false;
        answer(call);
        afterwards.run();
      }
    }
  }

  private static void answer(RpcCall call) {
    call.accept();
    call.send();
  }

  private static void send(TestConnection connection, int xid) {
    connection.receive(Calls.record(Calls.header(xid, Calls.NFS, 4, 1, 5).bytes()));
  }

  @Test
  void callThatEndedServesAnotherConnection() {
    send(first, 1);
    answer(keeper.calls.getFirst());
    send(second, 2);
    assertSame(keeper.calls.get(0), keeper.calls.get(1));
    assertSame(second.connection(), keeper.calls.get(1).connection());
  }

  @Test
  void callIsNotTakenByAnotherConnectionWhileItIsDispatched() {
    keeper.answersAtOnce = true;
    keeper.afterwards =
        () -> {
          send(second, 2);
          throw new IllegalStateException("meant to fail");
        };
    send(first, 1);
    assertNotSame(keeper.calls.get(0), keeper.calls.get(1));
    assertEquals(true, keeper.calls.get(1).isActive(), "the other connection's call goes on");
  }

  @Test
  void keepsNoMoreThanItsBound() {
    CallPool pool = new CallPool();
    List<RpcCall> taken = new ArrayList<>();
    for (int i = 0; i <= CallPool.MAX_IDLE_CALLS; i++) {
      taken.add(pool.take());
    }
    taken.forEach(pool::giveBack);
    assertEquals(CallPool.MAX_IDLE_CALLS, pool.idle());
  }

  @Test
  void callThatRunsIsNotTakenBack() {
    CallPool pool = new CallPool();
    RpcCall call = pool.take();
    call.start(null, Unpooled.EMPTY_BUFFER, 0, 0, RecordReceiver.Sink.NO_HOLE, null);
    call.dispatched();
    pool.giveBack(call);
    assertEquals(0, pool.idle());
  }
}
