package io.atoll.io.sim;

import java.util.Arrays;
import java.util.Map;

/** What survives is what the first so many records make, whole and in order, and nothing else. */
public final class RecordsArePrefix implements Invariant {
  private static final byte USER_PREFIX = 0x10;

  @Override
  public void afterRecovery(VolumeWorld world) {
    VolumeModel model = world.model();
    long recovered = world.volume().appendedSequence();
    Invariant.require(
        recovered <= model.sequence(),
        "the log ends at " + recovered + ", but only " + model.sequence() + " were appended");
    model.truncate(recovered);
    Map<byte[], byte[]> found =
        world
            .index()
            .entries()
            .subMap(new byte[] {USER_PREFIX}, true, new byte[] {USER_PREFIX + 1}, false);
    Invariant.require(
        found.size() == model.map().size(),
        found.size() + " entries instead of " + model.map().size());
    found.forEach((key, value) -> {
      byte[] expected = model.map().get(Arrays.copyOfRange(key, 1, key.length));
      Invariant.require(
          Arrays.equals(value, expected), "wrong value of key " + Arrays.toString(key));
    });
  }
}
