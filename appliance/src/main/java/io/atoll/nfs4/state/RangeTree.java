package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import java.util.function.Consumer;

/**
 * Ranges in the order of their first bytes, in which one that overlaps another is found in
 * logarithmic time, also among those of all owners but one: a balanced tree (AVL) whose nodes know
 * the furthest last byte below them, and the furthest of any other owner than that one's. The
 * ranges of one owner must not overlap each other; those of different owners may. Loop-confined.
 *
 * @param <O> an owner, told apart by {@code equals}
 */
final class RangeTree<O> {
  private Node<O> root;
  private int size;

  /** A range with those below it. */
  private static final class Node<O> {
    private final Range<O> range;

    /** Tells owners apart whose ranges begin at the same byte. */
    private final long rank;

    private Node<O> left;
    private Node<O> right;
    private int height;

    /** The range here or below with the greatest last byte. */
    private Range<O> furthest;

    /** The same without those of {@link #furthest}'s owner; null if there are no others. */
    private Range<O> furthestOther;

    Node(Range<O> range, long rank) {
      this.range = range;
      this.rank = rank;
      update();
    }

    void update() {
      height = 1 + Math.max(height(left), height(right));
      furthest = range;
      furthestOther = null;
      offerAllOf(left);
      offerAllOf(right);
    }

    private void offerAllOf(Node<O> below) {
      if (below != null) {
        offer(below.furthest);
        if (below.furthestOther != null) {
          offer(below.furthestOther);
        }
      }
    }

    private void offer(Range<O> candidate) {
      boolean isFurther = isAfter(candidate, furthest);
      if (candidate.owner().equals(furthest.owner())) {
        furthest = isFurther ? candidate : furthest;
      } else if (isFurther) {
        furthestOther = furthest;
        furthest = candidate;
      } else if (furthestOther == null || isAfter(candidate, furthestOther)) {
        furthestOther = candidate;
      }
    }

    private static boolean isAfter(Range<?> a, Range<?> b) {
      return Long.compareUnsigned(a.lastByte(), b.lastByte()) > 0;
    }

    /** Whether a range here or below, not of {@code exempt}, goes to {@code from} or beyond. */
    boolean reaches(long from, O exempt) {
      Range<O> candidate = furthest.owner().equals(exempt) ? furthestOther : furthest;
      return candidate != null && Long.compareUnsigned(candidate.lastByte(), from) >= 0;
    }

    boolean isBehind(long firstByte, long otherRank) {
      int order = Long.compareUnsigned(range.firstByte(), firstByte);
      return order > 0 || (order == 0 && rank > otherRank);
    }
  }

  int size() {
    return size;
  }

  /**
   * The first range that overlaps, or null.
   *
   * @param from unsigned
   * @param to unsigned, inclusive
   * @param exempt whose ranges are passed over; null for nobody's
   */
  Range<O> firstOverlap(long from, long to, O exempt) {
    Node<O> node = root;
    while (node != null) {
      if (node.left != null && node.left.reaches(from, exempt)) {
        node = node.left;
      } else if (Long.compareUnsigned(node.range.firstByte(), to) > 0) {
        return null; // All further ones begin later still.
      } else if (Long.compareUnsigned(node.range.lastByte(), from) >= 0
          && !node.range.owner().equals(exempt)) {
        return node.range;
      } else {
        node = node.right;
      }
    }
    return null;
  }

  /**
   * @param rank one number for all ranges of an owner, another one for each owner
   */
  void add(Range<O> range, long rank) {
    root = added(root, new Node<>(range, rank));
    size++;
  }

  private static <O> Node<O> added(Node<O> node, Node<O> made) {
    if (node == null) {
      return made;
    }
    if (node.isBehind(made.range.firstByte(), made.rank)) {
      node.left = added(node.left, made);
    } else {
      node.right = added(node.right, made);
    }
    return balanced(node);
  }

  /** Removes a range that was added with {@code rank}. */
  void remove(Range<O> range, long rank) {
    root = removed(root, range, rank);
    size--;
  }

  private static <O> Node<O> removed(Node<O> node, Range<O> range, long rank) {
    if (node == null) {
      throw new IllegalStateException("no such range: " + range);
    }
    if (node.rank == rank && node.range.firstByte() == range.firstByte()) {
      return withoutTop(node);
    }
    if (node.isBehind(range.firstByte(), rank)) {
      node.left = removed(node.left, range, rank);
    } else {
      node.right = removed(node.right, range, rank);
    }
    return balanced(node);
  }

  private static <O> Node<O> withoutTop(Node<O> node) {
    if (node.left == null) {
      return node.right;
    }
    if (node.right == null) {
      return node.left;
    }
    Node<O> next = node.right;
    while (next.left != null) {
      next = next.left;
    }
    next.right = withoutFirst(node.right);
    next.left = node.left;
    return balanced(next);
  }

  private static <O> Node<O> withoutFirst(Node<O> node) {
    if (node.left == null) {
      return node.right;
    }
    node.left = withoutFirst(node.left);
    return balanced(node);
  }

  /** Calls back with all ranges in the order of their first bytes. */
  void forEach(Consumer<Range<O>> consumer) {
    forEach(root, consumer);
  }

  private static <O> void forEach(Node<O> node, Consumer<Range<O>> consumer) {
    if (node != null) {
      forEach(node.left, consumer);
      consumer.accept(node.range);
      forEach(node.right, consumer);
    }
  }

  // --- balance ---

  private static int height(Node<?> node) {
    return node == null ? 0 : node.height;
  }

  private static int lean(Node<?> node) {
    return height(node.left) - height(node.right);
  }

  /** The subtree with its heights no more than one apart, which were no more than two. */
  private static <O> Node<O> balanced(Node<O> node) {
    int lean = lean(node);
    if (lean > 1) {
      if (lean(node.left) < 0) {
        node.left = turnedLeft(node.left);
      }
      return turnedRight(node);
    }
    if (lean < -1) {
      if (lean(node.right) > 0) {
        node.right = turnedRight(node.right);
      }
      return turnedLeft(node);
    }
    node.update();
    return node;
  }

  private static <O> Node<O> turnedRight(Node<O> node) {
    Node<O> top = node.left;
    node.left = top.right;
    top.right = node;
    node.update();
    top.update();
    return top;
  }

  private static <O> Node<O> turnedLeft(Node<O> node) {
    Node<O> top = node.right;
    node.right = top.left;
    top.left = node;
    node.update();
    top.update();
    return top;
  }

  /** For tests: whether each subtree is balanced, and knows what is below it. */
  boolean isSound() {
    return isSound(root);
  }

  private static <O> boolean isSound(Node<O> node) {
    if (node == null) {
      return true;
    }
    int height = node.height;
    Range<O> furthest = node.furthest;
    Range<O> furthestOther = node.furthestOther;
    boolean isBalanced = Math.abs(lean(node)) <= 1;
    node.update();
    return isBalanced
        && height == node.height
        && furthest.lastByte() == node.furthest.lastByte()
        && (furthestOther == null) == (node.furthestOther == null)
        && (furthestOther == null || furthestOther.lastByte() == node.furthestOther.lastByte())
        && isSound(node.left)
        && isSound(node.right);
  }
}
