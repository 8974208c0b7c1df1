package io.atoll.perf.bench.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Requests as futures, for what comes before and after a measurement: easy to chain, and they
 * allocate. May be called from any thread; futures complete on the connection's loop. While a load
 * has the slots, nothing may be called.
 */
public final class Calls {
  private final NfsConnection connection;
  private final Deque<Slot> free = new ArrayDeque<>();
  private final Deque<Consumer<Slot>> queued = new ArrayDeque<>();

  Calls(NfsConnection connection, List<Slot> slots) {
    this.connection = connection;
    free.addAll(slots);
  }

  /**
   * Makes a request.
   *
   * @param step what it is for, in messages
   * @param mutates whether the server shall keep the reply for a retry
   * @return fails with a {@link StatusException} if the server answers anything but NFS4_OK
   */
  public <T> CompletableFuture<T> call(
      String step,
      boolean mutates,
      Consumer<CompoundWriter> body,
      Function<CompoundReply, T> result) {
    CompletableFuture<T> answered = new CompletableFuture<>();
    Consumer<Slot> request =
        slot -> slot.call(exchange(slot, step, mutates, body, result, answered));
    if (connection.loop().inEventLoop()) {
      submit(request);
    } else {
      connection.loop().execute(() -> connection.guarded(() -> submit(request)));
    }
    return answered;
  }

  private void submit(Consumer<Slot> request) {
    Slot slot = free.poll();
    if (slot == null) {
      queued.add(request);
    } else {
      request.accept(slot);
    }
  }

  private void release(Slot slot) {
    Consumer<Slot> next = queued.poll();
    if (next == null) {
      free.add(slot);
    } else {
      next.accept(slot);
    }
  }

  private <T> Exchange exchange(
      Slot slot,
      String step,
      boolean mutates,
      Consumer<CompoundWriter> body,
      Function<CompoundReply, T> result,
      CompletableFuture<T> answered) {
    return new Exchange() {
      @Override
      public void encode(CompoundWriter out) {
        body.accept(out);
      }

      @Override
      public void replied(CompoundReply reply) {
        if (reply.isOk()) {
          T value = result.apply(reply);
          reply.end();
          release(slot);
          answered.complete(value);
        } else {
          StatusException refusal =
              new StatusException(step + " (" + reply.failedOperation() + ")", reply.status());
          release(slot);
          answered.completeExceptionally(refusal);
        }
      }

      @Override
      public boolean keptForRetry() {
        return mutates;
      }
    };
  }
}
