package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsClient;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;

/**
 * The clients that a load has, and where on the server it works.
 *
 * @param directory of this load alone
 * @param payloads for each loop of a client
 * @param maxDataBytes the most that one READ or WRITE can carry on each of them
 */
public record Fleet(
    List<NfsClient> clients,
    Handle directory,
    LoadSettings settings,
    Map<EventLoop, PayloadSource> payloads,
    Verification verification,
    LostWrites losses,
    int maxDataBytes) {

  int size() {
    return clients.size();
  }

  NfsClient client(int number) {
    return clients.get(number);
  }

  PayloadSource payloadsOf(int client) {
    return payloads.get(clients.get(client).loop());
  }

  /** What is random in one lane in one round. */
  SeededRandom randomOf(int round, int client, int lane) {
    return new SeededRandom(
        SeededRandom.mix(settings.seed() + round), (long) client << Integer.SIZE | lane);
  }
}
