package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.loop.Loop;
import io.atoll.io.sim.VolumeWorld;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A volume whose files are open and that can't begin all the same: it is told, and closed. */
class FailedBeginningTest {

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(3), VolumeWorld.smallOptions(), 16 << 20).withoutModel();

  @AfterEach
  void end() {
    world.kill();
  }

  @Test
  void aPartThatCannotBeMadeFailsTheOpening() {
    refusedWith(
        new VolumeParts() {
          @Override
          Overlay overlay() {
            throw new IllegalStateException("no overlay");
          }
        },
        "no overlay");
  }

  @Test
  void aPartThatCannotBeStartedFailsTheOpening() {
    refusedWith(
        new VolumeParts() {
          @Override
          HolePuncher holePuncher(
              Loop loop, OpenedParts parts, VolumeOptions options, HolePuncher.Listener listener) {
            return new HolePuncher(loop, parts, options, listener) {
              @Override
              void start() {
                throw new OutOfMemoryError("no puncher");
              }
            };
          }
        },
        "no puncher");
  }

  private void refusedWith(VolumeParts parts, String why) {
    world.opensWith(
        (environment, options, opened) -> LogVolume.open(environment, options, parts, opened));
    String message = world.openRefused().getMessage();
    assertTrue(message.contains(why), message);
    while (world.loop().step()) {}
    assertEquals(0, world.buffers().outstanding());
    assertEquals(0, world.disk().openFileCount());
    world.opensWith(LogVolume::open);
    world.openFully();
  }
}
