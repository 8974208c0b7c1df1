package io.atoll.io.sim;

import java.util.function.Supplier;

/** Something that must hold; its name says what. */
public interface Invariant {

  /** Checked after every event while a volume is open. */
  default void afterEvent(VolumeWorld world) {}

  /** Checked when a volume has been opened, before anything is appended. */
  default void afterRecovery(VolumeWorld world) {}

  /** Fails unless {@code condition} holds; for what is checked often. */
  static void require(boolean condition, Supplier<String> otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise.get());
    }
  }

  /** Fails unless {@code condition} holds. */
  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
