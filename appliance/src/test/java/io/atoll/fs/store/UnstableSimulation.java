package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileLimits;
import io.atoll.io.sim.Fault;
import io.atoll.io.sim.FaultPlan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Clients write unstably, commit, and send again what a crash took, in a real volume on a simulated
 * disk that may be slow and busy, while clocks jump.
 */
final class UnstableSimulation {
  private static final int LIVES = 4;
  private static final int CLIENTS = 3;
  private static final long DISK_BYTES = 24L << 20;
  private static final int IDLE_ONE_IN = 200;
  private static final int STALL_ONE_IN = 100;
  private static final long MAX_STALL_NANOS = 10_000_000_000_000L;

  /** None that fails an operation: a client that is refused has learnt nothing. */
  private static final Set<Fault> FAULTS =
      EnumSet.of(
          Fault.BUSY_DISK,
          Fault.SLOW_OPERATIONS,
          Fault.SLOW_SYNCS,
          Fault.BUSY_WORKERS,
          Fault.SLOW_WORKERS,
          Fault.STALLS,
          Fault.CLOCK_JUMPS);

  private final SplittableRandom random;
  private final StoreParts parts;
  private final FaultPlan plan;
  private final StoreWorld world;
  private final StoreSettings settings;
  private final List<UnstableClient> clients = new ArrayList<>();

  private UnstableSimulation(long seed, StoreParts parts) {
    this.parts = parts;
    random = new SplittableRandom(seed);
    plan = FaultPlan.draw(random.split(), FAULTS);
    world = new StoreWorld(random.split(), DISK_BYTES);
    settings =
        random.nextInt(3) == 0
            ? new StoreSettings(1, 1, 1, 1, 4096, FileLimits.HIGHEST)
            : StoreSettings.DEFAULT;
  }

  /** Lives through a seed, with parts that may break a rule; an AssertionError names it. */
  static void run(long seed, StoreParts parts) {
    UnstableSimulation simulation = new UnstableSimulation(seed, parts);
    try {
      simulation.run();
    } catch (RuntimeException | AssertionError e) {
      simulation.world.kill();
      throw new AssertionError("seed " + seed + ", " + simulation.plan + ": " + e.getMessage(), e);
    }
  }

  private void run() {
    TestFs fs = world.open(settings, parts);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new UnstableClient(fs.file(fs.root(), "f" + i), random.split()));
    }
    fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
    clients.forEach(client -> client.reconnect(fs));
    for (int life = 0; life < LIVES; life++) {
      work();
      end();
      TestFs next = world.open(settings, parts);
      clients.forEach(client -> client.reconnect(next));
      next.fs.graceEnded();
      assertEquals(List.of(), world.faults());
    }
    world.close();
    TestFs last = world.open(settings, parts);
    assertEquals(0, last.fs.store().unstable.reservations());
    world.close();
  }

  private void work() {
    world.begin(plan.storm());
    for (int i = 10 + random.nextInt(60); i > 0; i--) {
      UnstableClient client = clients.get(random.nextInt(clients.size()));
      if (!client.isBusy()) {
        client.next();
      }
      for (int steps = random.nextInt(8); steps > 0; steps--) {
        world.step();
      }
      if (random.nextInt(IDLE_ONE_IN) == 0) {
        world.pass(2 * StoreLimits.RESERVATION_IDLE_NANOS);
      }
      if (plan.strikes(Fault.STALLS, STALL_ONE_IN)) {
        world.loop().stall(random.nextLong(MAX_STALL_NANOS));
      }
      if (plan.strikes(Fault.CLOCK_JUMPS, STALL_ONE_IN)) {
        world.loop().jumpWallClock(random.nextLong(-MAX_STALL_NANOS, MAX_STALL_NANOS));
      }
    }
    world.calm();
  }

  private void end() {
    switch (random.nextInt(4)) {
      case 0 -> world.kill();
      case 1 -> {
        world.runUntil(() -> clients.stream().noneMatch(UnstableClient::isBusy));
        world.close();
      }
      default -> world.crash();
    }
  }
}
