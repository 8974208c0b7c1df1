package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Slot;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SEQUENCE and nothing else. */
final class PingWorkload implements Workload {
  private final Fleet fleet;

  PingWorkload(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public List<String> kinds() {
    return List.of("sequence");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    return new PingLane(fleet.client(client).slots().get(lane));
  }

  private static final class PingLane extends Lane implements Exchange {
    PingLane(Slot slot) {
      super(slot);
    }

    @Override
    protected boolean start() {
      slot.call(this);
      return true;
    }

    @Override
    public void encode(CompoundWriter out) {}

    @Override
    public void replied(CompoundReply reply) {
      if (reply.isOk()) {
        done(0, 0);
      } else {
        refused(reply);
      }
    }
  }
}
