package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import java.util.HashMap;
import java.util.Map;

/** Looks, at each answer, whether what a quota limits has grown beyond it. */
final class QuotaWatch {
  private final TestFs fs;
  private final Map<FileHandle, Quota> before = new HashMap<>();
  private boolean everSet;

  QuotaWatch(TestFs fs) {
    this.fs = fs;
  }

  void set() {
    everSet = true;
  }

  boolean everSet() {
    return everSet;
  }

  /** What was above its limit may stay there, and not rise. */
  void look() {
    if (fs.fs.store().isInDoubt()) {
      return;
    }
    Map<FileHandle, Quota> now = new HashMap<>();
    for (Quota quota : fs.fs.quotas().all()) {
      now.put(quota.directory(), quota);
      Quota was = before.get(quota.directory());
      // The file system's own holds what goes on being freed, too: others may use it up first.
      boolean comparable =
          was != null
              && was.state() == Quota.State.IN_FORCE
              && quota.state() == Quota.State.IN_FORCE
              && was.limits().equals(quota.limits());
      if (comparable) {
        QuotaLimits limits = quota.limits();
        assertTrue(
            quota.usedBytes() <= Math.max(limits.bytes(), was.usedBytes())
                && quota.usedObjects() <= Math.max(limits.objects(), was.usedObjects()),
            "over its quota: " + quota + ", before " + was);
      }
    }
    before.clear();
    before.putAll(now);
  }

  /** Whether some quota leaves less than that, or no object. */
  boolean isNearlyMet(long bytes) {
    return fs.fs.quotas().all().stream()
        .filter(quota -> quota.state() == Quota.State.IN_FORCE)
        .anyMatch(quota ->
            quota.limits().bytes() - quota.usedBytes() < bytes
                || quota.limits().objects() <= quota.usedObjects());
  }
}
