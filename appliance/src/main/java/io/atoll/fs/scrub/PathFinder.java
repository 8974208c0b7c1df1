package io.atoll.fs.scrub;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.PathText;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Finds a path that leads to an inode. Nothing in the map leads upwards from a file, so all names
 * are looked through, a page at a time with a pause between: for what happens rarely. One inode
 * after the other. Confined to the home loop.
 */
final class PathFinder {
  private static final int PAGE_ENTRIES = 256;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Where a path is cut off: the directories may form a circle. */
  private static final int MAX_DEPTH = 4096;

  private final Volume volume;
  private final Loop loop;
  private final Queue<Search> waiting = new ArrayDeque<>();
  private Search current;
  private boolean stopped;

  PathFinder(Volume volume, Loop loop) {
    this.volume = volume;
    this.loop = loop;
  }

  /** Told the end of a search. */
  @FunctionalInterface
  interface Found {
    /**
     * @param path null if there is none
     * @param unreadable there may be one, but the map can't be read
     */
    void found(String path, boolean unreadable);
  }

  void find(long inode, Found found) {
    waiting.add(new Search(inode, found));
    if (current == null) {
      next();
    }
  }

  void stop() {
    stopped = true;
    waiting.clear();
  }

  private void next() {
    current = waiting.poll();
    if (current != null) {
      scan(StoredKeys.of(StoredKeys.COOKIE), StoredKeys.endOf(StoredKeys.COOKIE));
    }
  }

  private void end(String path, boolean unreadable) {
    Search ended = current;
    next();
    ended.found.found(path, unreadable);
  }

  /** Looks for a name of the inode at which the search is. */
  private void scan(byte[] from, byte[] to) {
    volume.scan(from, to, PAGE_ENTRIES, (status, entries) -> scanned(to, status, entries));
  }

  private void scanned(byte[] to, VolumeStatus status, List<Volume.Entry> entries) {
    if (stopped) {
      return;
    }
    for (Volume.Entry entry : entries) {
      try {
        StoredEntry name = StoredEntry.byCookie(entry.key(), entry.value());
        if (name.inode() == current.inode) {
          up(name);
          return;
        }
      } catch (MalformedValueException leadsNowhere) {
        // and is no name of what is looked for
      }
    }
    if (status != VolumeStatus.OK || entries.size() < PAGE_ENTRIES) {
      end(null, status != VolumeStatus.OK);
    } else {
      byte[] from = StoredKeys.after(entries.getLast().key());
      loop.schedule(PAUSE_NANOS, () -> scan(from, to));
    }
  }

  /** The name was found: goes on with its directory, of which it is known where it is named. */
  private void up(StoredEntry name) {
    current.path.insert(0, "/" + PathText.of(name.name()));
    if (name.directory() == StoredKeys.ROOT_INODE || ++current.depth == MAX_DEPTH) {
      end(current.path.toString(), false);
      return;
    }
    current.inode = name.directory();
    volume.get(
        StoredKeys.inode(name.directory()),
        (status, value) -> {
          if (stopped) {
            return;
          }
          try {
            long parent = value == null ? 0 : StoredInode.decode(current.inode, value).parent();
            scan(
                StoredKeys.ofDirectory(StoredKeys.COOKIE, parent),
                StoredKeys.ofDirectory(StoredKeys.COOKIE, parent + 1));
          } catch (MalformedValueException e) {
            end(null, true);
          }
        });
  }

  /** What is looked for. */
  private static final class Search {
    private final Found found;
    private final StringBuilder path = new StringBuilder();
    private long inode;
    private int depth;

    Search(long inode, Found found) {
      this.inode = inode;
      this.found = found;
    }
  }
}
