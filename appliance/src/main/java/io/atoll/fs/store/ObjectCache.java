package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decoded objects of one kind, one for each key however many ask at once. An object that is pinned
 * stays; of the others the least recently used leave when there are more than the bound. As the
 * volume shows every appended change, leaving loses nothing but the knowledge of which record
 * changed the object last; for that {@link #departedSequence} is the bound. Loop-confined; asking
 * for an object that is there allocates nothing.
 */
final class ObjectCache<V extends Cached> {
  private final Class<V> type;
  private final Volume volume;
  private final Defects defects;
  private final Format<V> format;
  private final KeyedHash hash;
  private int maxUnpinned;
  private final Map<LoadKey, Load<V>> loads = new HashMap<>();
  private Cached[] table = new Cached[1024];
  private int size;
  private int unpinned;
  private Cached oldest;
  private Cached newest;
  private long departedSequence;

  /**
   * @param hash nobody's who chooses keys: names and places in files are the clients' choice
   */
  ObjectCache(
      Class<V> type,
      Volume volume,
      Defects defects,
      Format<V> format,
      int maxUnpinned,
      KeyedHash hash) {
    this.type = type;
    this.volume = volume;
    this.defects = defects;
    this.format = format;
    this.maxUnpinned = maxUnpinned;
    this.hash = hash;
  }

  /** How objects are named and decoded. */
  interface Format<V> {
    byte[] key(long high, long low, byte[] name);

    /**
     * The object for {@code value}, which is null if the map has none.
     *
     * @return null if there is no such object
     */
    V decode(long high, long low, byte[] name, byte[] value);

    /** A new object for what is known without a look at the map; null if it is not. */
    default V known(long high, long low, byte[] name) {
      return null;
    }

    /** Told of an object that has come from the map. */
    default void arrived(V object) {}

    /** Told of an object that leaves the cache. */
    default void departed(V object) {}
  }

  /** Told the object asked for, pinned once for the asker; null if there is none. */
  @FunctionalInterface
  interface Waiter<V> {
    void loaded(FsStatus status, V object);
  }

  /** Pins the object and tells the waiter, at once if it is here. */
  void pin(long high, long low, byte[] name, Waiter<V> waiter) {
    V found = find(high, low, name);
    if (found != null) {
      pinAgain(found);
      waiter.loaded(FsStatus.OK, found);
      return;
    }
    LoadKey key = new LoadKey(high, low, name, hash.of(high, low, name));
    Load<V> load = loads.get(key);
    if (load != null) {
      load.waiters.add(waiter);
      return;
    }
    V known = format.known(high, low, name);
    if (known != null) {
      enter(known, key.hash);
      waiter.loaded(FsStatus.OK, known);
      return;
    }
    load = new Load<>(new ArrayList<>(2));
    load.waiters.add(waiter);
    loads.put(key, load);
    volume.get(format.key(high, low, name), (status, value) -> arrived(key, status, value));
  }

  /** The object if it is here, not pinned; else null. */
  V peek(long high, long low, byte[] name) {
    return find(high, low, name);
  }

  void unpin(V object) {
    if (--object.pins > 0 || object.dropped) {
      return;
    }
    append(object);
    evict();
  }

  /** Keeps at most so many objects from now on that nobody has pinned. */
  void limit(int objects) {
    maxUnpinned = objects;
    evict();
  }

  private void evict() {
    while (unpinned > maxUnpinned) {
      Cached victim = oldest;
      unlink(victim);
      detach(victim);
    }
  }

  /** Adds a new object, which no key had, pinned once. */
  void insert(V object) {
    object.pins = 1;
    object.hash = hash.of(object.keyHigh, object.keyLow, object.keyName);
    add(object);
    // Someone may be looking for it since before it was there: they get this very object.
    Load<V> load =
        loads.remove(new LoadKey(object.keyHigh, object.keyLow, object.keyName, object.hash));
    if (load != null) {
      deliver(load.waiters, FsStatus.OK, object);
    }
  }

  /** Takes out an object that is pinned and has been removed for good. */
  void drop(V object) {
    if (!object.dropped) {
      object.dropped = true;
      detach(object);
    }
  }

  /** No object that is not here was changed by a later record. */
  long departedSequence() {
    return departedSequence;
  }

  /** Objects in use; for tests and metrics. */
  int pinned() {
    return size - unpinned;
  }

  private void arrived(LoadKey key, VolumeStatus status, byte[] value) {
    Load<V> load = loads.remove(key);
    if (load == null) {
      return; // the object was made meanwhile, and the waiters have it
    }
    if (status != VolumeStatus.OK) {
      deliver(load.waiters, Store.status(status), null);
      return;
    }
    V object;
    try {
      object = format.decode(key.high, key.low, key.name, value);
    } catch (RuntimeException e) {
      defects.report("decoding " + type.getSimpleName() + " " + key.high + "/" + key.low, e);
      deliver(load.waiters, FsStatus.IO_ERROR, null);
      return;
    }
    if (object != null) {
      enter(object, key.hash); // the pin is ours, while the waiters take theirs
      format.arrived(object);
      deliver(load.waiters, FsStatus.OK, object);
      unpin(object);
    } else {
      deliver(load.waiters, FsStatus.OK, null);
    }
  }

  /** Takes in an object as the map has it, pinned once. */
  private void enter(V object, int keyHash) {
    object.lastSequence = departedSequence;
    object.pins = 1;
    object.hash = keyHash;
    add(object);
  }

  private void deliver(List<Waiter<V>> waiters, FsStatus status, V object) {
    for (Waiter<V> waiter : waiters) {
      if (object != null) {
        object.pins++;
      }
      try {
        waiter.loaded(status, object);
      } catch (RuntimeException e) {
        // Waiters end their own failures; one that doesn't must not keep the others waiting.
        defects.report("what waited for " + type.getSimpleName(), e);
      }
    }
  }

  private void pinAgain(V object) {
    if (object.pins++ == 0) {
      unlink(object);
    }
  }

  // --- the table ---

  private V find(long high, long low, byte[] name) {
    int wanted = hash.of(high, low, name);
    for (Cached c = table[wanted & (table.length - 1)]; c != null; c = c.chain) {
      if (c.hash == wanted
          && c.keyHigh == high
          && c.keyLow == low
          && Arrays.equals(c.keyName, name)) {
        return type.cast(c);
      }
    }
    return null;
  }

  private void add(V object) {
    if (size >= table.length) {
      grow();
    }
    int slot = object.hash & (table.length - 1);
    object.chain = table[slot];
    table[slot] = object;
    size++;
  }

  @SuppressWarnings("ReferenceEquality") // there is one object for each key
  private void detach(Cached object) {
    departedSequence = Math.max(departedSequence, object.departingSequence());
    int slot = object.hash & (table.length - 1);
    if (table[slot] == object) {
      table[slot] = object.chain;
    } else {
      Cached before = table[slot];
      while (before.chain != object) {
        before = before.chain;
      }
      before.chain = object.chain;
    }
    object.chain = null;
    size--;
    format.departed(type.cast(object));
  }

  private void grow() {
    Cached[] bigger = new Cached[table.length * 2];
    for (Cached head : table) {
      Cached next;
      for (Cached c = head; c != null; c = next) {
        next = c.chain;
        int slot = c.hash & (bigger.length - 1);
        c.chain = bigger[slot];
        bigger[slot] = c;
      }
    }
    table = bigger;
  }

  // --- those that nobody uses, by age ---

  private void append(Cached object) {
    object.older = newest;
    object.newer = null;
    if (newest != null) {
      newest.newer = object;
    } else {
      oldest = object;
    }
    newest = object;
    unpinned++;
  }

  private void unlink(Cached object) {
    if (object.older != null) {
      object.older.newer = object.newer;
    } else {
      oldest = object.newer;
    }
    if (object.newer != null) {
      object.newer.older = object.older;
    } else {
      newest = object.older;
    }
    object.older = null;
    object.newer = null;
    unpinned--;
  }

  private record Load<V>(List<Waiter<V>> waiters) {}

  private static final class LoadKey {
    final long high;
    final long low;
    final byte[] name;
    final int hash;

    LoadKey(long high, long low, byte[] name, int hash) {
      this.high = high;
      this.low = low;
      this.name = name;
      this.hash = hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof LoadKey that
          && hash == that.hash
          && high == that.high
          && low == that.low
          && Arrays.equals(name, that.name);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
