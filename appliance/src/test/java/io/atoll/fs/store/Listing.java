package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A directory being read in pages while names come and go. What is there all the time must be shown
 * once, what never was there never; the rest may be either way (POSIX, readdir).
 */
final class Listing {
  private final ModelFs.Node directory;
  private final int started;
  private final Map<String, Integer> before;
  private final List<String> shown = new ArrayList<>();

  /** Begins at step {@code started} of the model. */
  Listing(ModelFs.Node directory, int started) {
    this.directory = directory;
    this.started = started;
    before = Map.copyOf(directory.namedAt);
  }

  void page(Collection<String> names) {
    shown.addAll(names);
  }

  void end() {
    for (String name : shown) {
      long chances = (before.containsKey(name) ? 1 : 0) + directory.timesNamedSince(started, name);
      assertTrue(
          Collections.frequency(shown, name) <= chances, () -> name + " was not there: " + shown);
    }
    before.forEach((name, step) -> {
      if (step.equals(directory.namedAt.get(name))) {
        assertEquals(1, Collections.frequency(shown, name), () -> name + " in " + shown);
      }
    });
  }
}
