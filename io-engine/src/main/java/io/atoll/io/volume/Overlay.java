package io.atoll.io.volume;

import io.atoll.io.space.PinEpochs;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.LongConsumer;

/**
 * The changes that the index does not show yet, over the index. An entry stays until its record is
 * applied and until every read of the index that began before that has ended: such a read may have
 * missed it. Keys and values are not copied: they stay in the memory of their records, which is
 * released in the order of the log. Loop-confined; allocates nothing once it has been as large as
 * it gets, up to a bound that small values alone reach.
 *
 * <p>The newest change of each key is a node of a treap: a binary tree by key that random
 * priorities keep balanced. Each node counts the puts below it, so that whoever looks for what is
 * there steps past any number of deletions at once.
 */
class Overlay {

  /** About what an entry takes besides its key and value. */
  private static final int ENTRY_BYTES = 128;

  /** Entries kept for use again, some hundred bytes each: what {@code maxUnappliedBytes} holds. */
  private static final int MAX_SPARE = 256 * 1024;

  private final ArrayDeque<Change> all = new ArrayDeque<>();
  private final ArrayDeque<Change> spare = new ArrayDeque<>();
  private final ArrayDeque<Applied> applied = new ArrayDeque<>();
  private final PinEpochs reads = new PinEpochs();
  private final Change probe = new Change();
  private final Walk walk = new Walk();
  private LongConsumer released = sequence -> {};
  private Change root;
  private int randomState = 1;
  private long bytes;
  private long appliedSequence;
  private long looks;

  /** Whom to tell that the records up to a sequence are not referred to any more. */
  void onRelease(LongConsumer newReleased) {
    released = newReleased;
  }

  void put(ByteBuf memory, int keyAt, int keyBytes, int valueAt, int valueBytes, long sequence) {
    Change change = spare.isEmpty() ? new Change() : spare.poll();
    change.set(memory, keyAt, keyBytes, valueAt, valueBytes, sequence);
    Change before = find(change);
    if (before == null) {
      change.priority = nextRandom();
      insert(change);
    } else {
      change.priority = before.priority;
      change.left = before.left;
      change.right = before.right;
      change.count();
      hang(parentOf(before, change.own() - before.own()), before, change);
      before.leave();
    }
    change.newest = true;
    all.add(change);
    bytes += change.bytes();
  }

  void delete(ByteBuf memory, int keyAt, int keyBytes, long sequence) {
    put(memory, keyAt, keyBytes, 0, Change.DELETED, sequence);
  }

  /** The newest change to {@code key}, or null if the index has it. Good until the next call. */
  Change find(byte[] key) {
    probe.setKey(key);
    return find(probe);
  }

  /**
   * Walks the newest changes in the order of their keys, from the first that is not before {@code
   * from}. There is one walk at a time, good until the overlay changes.
   */
  Walk walk(byte[] from) {
    walk.begin(from, false);
    return walk;
  }

  /** As {@link #walk}, past those that delete: a step costs the same however many there are. */
  Walk walkPuts(byte[] from) {
    walk.begin(from, true);
    return walk;
  }

  /** How many changes walks have looked at since it was made. */
  long looks() {
    return looks;
  }

  /** Begins a read of the index. */
  PinEpochs.Epoch beginRead() {
    return reads.pin();
  }

  /** Ends a read, after its result has been combined with this. */
  void endRead(PinEpochs.Epoch read) {
    reads.release(read);
    drop();
  }

  /** The index has all up to {@code sequence}. */
  void applied(long sequence) {
    appliedSequence = sequence;
    applied.add(new Applied(sequence, reads.close()));
    drop();
  }

  /**
   * What the index had when this was last told. A change above it outlasts reads that begin now.
   */
  long appliedSequence() {
    return appliedSequence;
  }

  /** What it holds, about. */
  long bytes() {
    return bytes;
  }

  /** Whether nobody reads the index who began in the epoch or before it. */
  boolean mayDrop(long epoch) {
    return reads.endedUpTo(epoch);
  }

  private void drop() {
    while (!applied.isEmpty() && mayDrop(applied.peek().epoch())) {
      long sequence = applied.poll().sequence();
      while (!all.isEmpty() && all.peek().sequence <= sequence) {
        Change change = all.poll();
        bytes -= change.bytes();
        if (change.newest) {
          hang(parentOf(change, -change.own()), change, join(change.left, change.right));
          change.leave();
        }
        change.memory = null;
        if (spare.size() < MAX_SPARE) {
          spare.add(change);
        }
      }
      released.accept(sequence);
    }
  }

  // --- the tree ---

  private Change find(Change like) {
    Change node = root;
    while (node != null) {
      int order = like.compareTo(node);
      if (order == 0) {
        return node;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  /**
   * The node that {@code child} hangs from.
   *
   * @param putsMore how many puts more are to be below it and all above it
   */
  @SuppressWarnings("ReferenceEquality") // nodes are themselves
  private Change parentOf(Change child, int putsMore) {
    Change parent = null;
    Change node = root;
    while (node != child) {
      parent = node;
      node.puts += putsMore;
      node = child.compareTo(node) < 0 ? node.left : node.right;
    }
    return parent;
  }

  /** Puts {@code now} where {@code before} hangs. */
  @SuppressWarnings("ReferenceEquality") // nodes are themselves
  private void hang(Change parent, Change before, Change now) {
    if (parent == null) {
      root = now;
    } else if (parent.left == before) {
      parent.left = now;
    } else {
      parent.right = now;
    }
  }

  /** Hangs a node with a new key above all of lower priority. */
  private void insert(Change change) {
    Change parent = null;
    Change node = root;
    while (node != null && node.priority >= change.priority) {
      parent = node;
      node.puts += change.own();
      node = change.compareTo(node) < 0 ? node.left : node.right;
    }
    if (parent == null) {
      root = change;
    } else if (change.compareTo(parent) < 0) {
      parent.left = change;
    } else {
      parent.right = change;
    }
    split(node, change);
    change.count();
  }

  /** Parts a tree into what is before {@code at} and what is after it: its left and its right. */
  private static void split(Change tree, Change at) {
    if (tree == null) {
      at.left = null;
      at.right = null;
    } else if (tree.compareTo(at) < 0) {
      split(tree.right, at);
      tree.right = at.left;
      tree.count();
      at.left = tree;
    } else {
      split(tree.left, at);
      tree.left = at.right;
      tree.count();
      at.right = tree;
    }
  }

  /** One tree of two, all of the first before all of the second. */
  private static Change join(Change before, Change after) {
    if (before == null) {
      return after;
    }
    if (after == null) {
      return before;
    }
    if (before.priority >= after.priority) {
      before.right = join(before.right, after);
      before.count();
      return before;
    }
    after.left = join(before, after.left);
    after.count();
    return after;
  }

  private int nextRandom() {
    randomState ^= randomState << 13;
    randomState ^= randomState >>> 17;
    randomState ^= randomState << 5;
    return randomState;
  }

  /** Where in the order of keys somebody is. */
  final class Walk {

    /** Steps that are cheaper than a descent from the root. */
    private static final int MAX_STEPS_TO_SEEK = 8;

    /** The current change above those that follow it and were passed on the way down to it. */
    private final ArrayList<Change> path = new ArrayList<>();

    /** Whether it goes past changes that delete. */
    private boolean onlyPuts;

    private void begin(byte[] from, boolean putsOnly) {
      onlyPuts = putsOnly;
      descend(from);
    }

    /** The change that it is at; null behind the last one. */
    Change current() {
      return path.isEmpty() ? null : path.getLast();
    }

    /** Goes on to the next change. */
    void next() {
      pushFirst(path.removeLast().right);
      settle();
    }

    /** Goes on to the first change that is not before {@code key}, unless it is there already. */
    Change seek(byte[] key) {
      for (int i = 0; i < MAX_STEPS_TO_SEEK; i++) {
        if (path.isEmpty() || !current().isBefore(key)) {
          return current();
        }
        next();
      }
      descend(key);
      return current();
    }

    private void descend(byte[] from) {
      path.clear();
      probe.setKey(from);
      Change node = root;
      while (holdsAny(node)) {
        looks++;
        if (probe.compareTo(node) <= 0) {
          path.add(node);
          node = node.left;
        } else {
          node = node.right;
        }
      }
      settle();
    }

    private void pushFirst(Change tree) {
      for (Change node = tree; holdsAny(node); node = node.left) {
        looks++;
        path.add(node);
      }
    }

    private boolean holdsAny(Change tree) {
      return tree != null && (!onlyPuts || tree.puts > 0);
    }

    /** What it is at now may be there only for what lies behind it. */
    private void settle() {
      while (onlyPuts && !path.isEmpty() && path.getLast().deletes()) {
        pushFirst(path.removeLast().right);
      }
    }
  }

  /** One change, where it lies in its record. Reused when it is dropped. */
  static final class Change {
    private static final int DELETED = -1;
    private static final int PREFIX_BYTES = 2 * Long.BYTES;

    private ByteBuf memory;
    private byte[] array;
    private int keyAt;
    private int keyBytes;
    private int valueAt;
    private int valueBytes;
    private long sequence;

    // The key's first bytes, filled up with zeros: they mostly decide.
    private long high;
    private long low;

    private Change left;
    private Change right;
    private int priority;
    private boolean newest;

    /** How many puts there are below it, itself included. */
    private int puts;

    private void set(
        ByteBuf newMemory,
        int newKeyAt,
        int newKeyBytes,
        int newValueAt,
        int newValueBytes,
        long newSequence) {
      memory = newMemory;
      keyAt = newKeyAt;
      keyBytes = newKeyBytes;
      valueAt = newValueAt;
      valueBytes = newValueBytes;
      sequence = newSequence;
      setPrefix();
    }

    private void setKey(byte[] key) {
      array = key;
      keyBytes = key.length;
      setPrefix();
    }

    private void setPrefix() {
      high = 0;
      low = 0;
      for (int i = 0; i < Math.min(keyBytes, PREFIX_BYTES); i++) {
        long shifted = (long) keyByte(i) << (8 * (Long.BYTES - 1 - i % Long.BYTES));
        if (i < Long.BYTES) {
          high |= shifted;
        } else {
          low |= shifted;
        }
      }
    }

    private int keyByte(int index) {
      return (array != null ? array[index] : memory.getByte(keyAt + index)) & 0xff;
    }

    /** By key, as unsigned bytes. */
    private int compareTo(Change other) {
      if (high != other.high) {
        return Long.compareUnsigned(high, other.high);
      }
      if (low != other.low) {
        return Long.compareUnsigned(low, other.low);
      }
      int common = Math.min(keyBytes, other.keyBytes);
      for (int i = PREFIX_BYTES; i < common; i++) {
        int order = keyByte(i) - other.keyByte(i);
        if (order != 0) {
          return order;
        }
      }
      return keyBytes - other.keyBytes;
    }

    /** As one of those that {@link #puts} counts. */
    private int own() {
      return deletes() ? 0 : 1;
    }

    private void count() {
      puts = own() + (left == null ? 0 : left.puts) + (right == null ? 0 : right.puts);
    }

    private void leave() {
      newest = false;
      left = null;
      right = null;
    }

    /** A copy of the key. */
    byte[] key() {
      return copy(keyAt, keyBytes);
    }

    boolean deletes() {
      return valueBytes == DELETED;
    }

    /** A copy of the value; null for a deletion. */
    byte[] value() {
      return deletes() ? null : copy(valueAt, valueBytes);
    }

    /** Whether its key is before {@code bound}. */
    boolean isBefore(byte[] bound) {
      return compareKey(bound) < 0;
    }

    /** Orders its key against {@code other}, as unsigned bytes. */
    int compareKey(byte[] other) {
      int common = Math.min(keyBytes, other.length);
      for (int i = 0; i < common; i++) {
        int order = keyByte(i) - (other[i] & 0xff);
        if (order != 0) {
          return order;
        }
      }
      return keyBytes - other.length;
    }

    long sequence() {
      return sequence;
    }

    private int bytes() {
      return ENTRY_BYTES + keyBytes + Math.max(valueBytes, 0);
    }

    private byte[] copy(int at, int length) {
      byte[] copied = new byte[length];
      memory.getBytes(at, copied);
      return copied;
    }
  }

  private record Applied(long sequence, long epoch) {}
}
