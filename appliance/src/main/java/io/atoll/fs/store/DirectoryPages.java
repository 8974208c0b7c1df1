package io.atoll.fs.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pages that listings have found, for the next listing of the directory. A page is good as long as
 * its directory has the change attribute that it had then: whatever adds or takes a name changes
 * it, in the same step, and no value of it comes twice. So nobody tells this of changes. The pages
 * that were not asked for the longest leave when all together are larger than a bound.
 * Loop-confined.
 */
class DirectoryPages {
  private int maxHeapBytes;
  private final TreeMap<Place, DirectoryPage> byPlace = new TreeMap<>();
  private final Map<Place, DirectoryPage> byUse = new LinkedHashMap<>(16, 0.75f, true);
  private int heapBytes;

  DirectoryPages(int maxHeapBytes) {
    this.maxHeapBytes = maxHeapBytes;
  }

  /** The page that the directory's entry with {@code cookie} or the next one is in; or null. */
  final DirectoryPage find(Inode directory, long cookie) {
    Map.Entry<Place, DirectoryPage> found = byPlace.floorEntry(new Place(directory.number, cookie));
    if (found == null || found.getKey().directory != directory.number) {
      return null;
    }
    DirectoryPage page = found.getValue();
    if (!isCurrent(page, directory)) {
      remove(found.getKey());
      return null;
    }
    return page.covers(cookie) ? byUse.get(found.getKey()) : null;
  }

  /** Whether the page shows what the directory has now. */
  boolean isCurrent(DirectoryPage page, Inode directory) {
    return page.change() == directory.change;
  }

  /** Keeps a page, which is the directory's as it is now. */
  final void add(DirectoryPage page) {
    Place place = new Place(page.directory(), page.from());
    remove(place);
    heapBytes += page.heapBytes();
    byPlace.put(place, page);
    byUse.put(place, page);
    keepWithinBound();
  }

  /** Keeps no more than this from now on. */
  final void limit(int heapBytes) {
    maxHeapBytes = heapBytes;
    keepWithinBound();
  }

  private void keepWithinBound() {
    while (heapBytes > maxHeapBytes) {
      remove(byUse.keySet().iterator().next());
    }
  }

  /** About what all of them take. */
  final int heapBytes() {
    return heapBytes;
  }

  private void remove(Place place) {
    DirectoryPage page = byUse.remove(place);
    if (page != null) {
      byPlace.remove(place);
      heapBytes -= page.heapBytes();
    }
  }

  private record Place(long directory, long from) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = Long.compare(directory, other.directory);
      return order != 0 ? order : Long.compare(from, other.from);
    }
  }
}
