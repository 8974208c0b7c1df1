package io.atoll.io.sim;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Mail;
import java.util.ArrayDeque;

/**
 * Another loop than the home loop, on the same scheduler: what is posted to it comes in its order,
 * after random time in which the home loop goes on.
 */
public final class SimLaneLoop implements Loop {
  private static final long MAX_HOP_NANOS = 20_000;

  private final SimLoop home;
  private final ArrayDeque<Mail> posted = new ArrayDeque<>();

  public SimLaneLoop(SimLoop home) {
    this.home = home;
  }

  @Override
  public boolean inLoop() {
    return home.inLoop();
  }

  @Override
  public void execute(Runnable task) {
    home.execute(task);
  }

  @Override
  public void post(Mail mail) {
    posted.add(mail);
    // Each comes for the first of those that wait, whichever that is by then.
    home.later(MAX_HOP_NANOS, () -> posted.remove().deliver());
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return home.schedule(delayNanos, task);
  }

  @Override
  public long monotonicNanos() {
    return home.monotonicNanos();
  }

  @Override
  public long wallClockNanos() {
    return home.wallClockNanos();
  }
}
