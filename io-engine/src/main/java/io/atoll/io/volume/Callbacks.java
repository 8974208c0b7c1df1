package io.atoll.io.volume;

import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume.StatusCallback;

/** Calls those who wait, so that one who throws does not keep the others waiting. Loop-confined. */
final class Callbacks {

  private final Loop loop;

  Callbacks(Loop loop) {
    this.loop = loop;
  }

  /**
   * Tells {@code callback}. What it throws is a defect of its owner: it fails a turn of the loop of
   * its own, where the loop reports it.
   */
  void tell(StatusCallback callback, VolumeStatus status) {
    try {
      callback.done(status);
    } catch (RuntimeException thrown) {
      loop.execute(() -> {
        throw thrown;
      });
    } catch (Error thrown) {
      loop.execute(() -> {
        throw thrown;
      });
    }
  }
}
