package io.atoll.io.sim;

/** No two openings have the same incarnation. */
public final class IncarnationRises implements Invariant {
  private long last;

  @Override
  public void afterRecovery(VolumeWorld world) {
    long incarnation = world.volume().incarnation();
    Invariant.require(incarnation > last, "incarnation " + incarnation + " after " + last);
    last = incarnation;
  }
}
