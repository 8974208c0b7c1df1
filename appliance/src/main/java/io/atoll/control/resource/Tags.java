package io.atoll.control.resource;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tags by key, in the order of keys. */
final class Tags {
  private Tags() {}

  static SortedMap<String, String> copy(SortedMap<String, String> tags) {
    return tags == null || tags.isEmpty()
        ? Collections.emptySortedMap()
        : Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }
}
