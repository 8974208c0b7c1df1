package io.atoll.io.sim;

/** What {@code awaitCommit} has once said OK to is there after every crash. */
public final class AckedRecordSurvives implements Invariant {
  @Override
  public void afterRecovery(VolumeWorld world) {
    long recovered = world.volume().appendedSequence();
    Invariant.require(
        recovered >= world.ackedSequence(),
        "record " + world.ackedSequence() + " was acknowledged, the log ends at " + recovered);
  }
}
