package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.PinEpochs;
import io.netty.buffer.ByteBuf;

/** Volumes that break a rule, for the tests of those who build on them. */
public final class MutantVolumes {

  private MutantVolumes() {}

  /** Reuses freed blocks though someone reads them. */
  public static VolumeWorld.Opener droppingPins() {
    return made(
        new VolumeParts() {
          @Override
          PinEpochs pins() {
            return new PinEpochs() {
              @Override
              public boolean endedUpTo(long epoch) {
                return true;
              }
            };
          }
        });
  }

  /** Takes whatever the disk gives. */
  public static VolumeWorld.Opener ignoringChecksums() {
    return made(
        new VolumeParts() {
          @Override
          BlockChecksums checksums() {
            return new BlockChecksums() {
              @Override
              public int firstMismatch(
                  ByteBuf buffer, int index, int blocks, int[] crcs, int crcsFrom) {
                return -1;
              }
            };
          }
        });
  }

  private static VolumeWorld.Opener made(VolumeParts parts) {
    return (environment, options, opened) -> LogVolume.open(environment, options, parts, opened);
  }
}
