package io.atoll.io.space;

/**
 * Numbers by index, such that the next one that is large enough is found in logarithmic time: a
 * tournament tree, in which each node has the larger of the two below it. Loop-confined.
 */
final class MaxTree {

  static final int NONE = -1;

  private static final int MIN_LEAVES = 16;

  /** The root is at 1, the children of node {@code n} at {@code 2n} and {@code 2n + 1}. */
  private int[] nodes = new int[2 * MIN_LEAVES];

  private int leaves = MIN_LEAVES;

  /** Changes a number; those never set are 0. */
  void set(int index, int value) {
    if (index >= leaves) {
      growTo(index + 1);
    }
    int node = leaves + index;
    int max = value;
    while (node > 0 && nodes[node] != max) {
      nodes[node] = max;
      max = Math.max(max, nodes[node ^ 1]);
      node >>>= 1;
    }
  }

  /**
   * The first index from {@code from} on whose number is at least {@code least}, which is positive,
   * or {@link #NONE}.
   */
  int next(int from, int least) {
    if (from >= leaves) {
      return NONE;
    }
    int node = leaves + from;
    while (nodes[node] < least) {
      // Up while this is the last of its parent's, then over to the right.
      while ((node & 1) != 0) {
        node >>>= 1;
      }
      if (node == 0) {
        return NONE;
      }
      node++;
    }
    while (node < leaves) {
      node = nodes[2 * node] >= least ? 2 * node : 2 * node + 1;
    }
    return node - leaves;
  }

  /**
   * The last index up to {@code from}, which is not negative, whose number is at least {@code
   * least}, which is positive, or {@link #NONE}.
   */
  int previous(int from, int least) {
    int node = leaves + Math.min(from, leaves - 1);
    while (nodes[node] < least) {
      // Up while this is the first of its parent's, then over to the left.
      while ((node & 1) == 0) {
        node >>>= 1;
      }
      if (node == 1) {
        return NONE;
      }
      node--;
    }
    while (node < leaves) {
      node = nodes[2 * node + 1] >= least ? 2 * node + 1 : 2 * node;
    }
    return node - leaves;
  }

  private void growTo(int count) {
    int[] old = nodes;
    int oldLeaves = leaves;
    while (leaves < count) {
      leaves *= 2;
    }
    nodes = new int[2 * leaves];
    System.arraycopy(old, oldLeaves, nodes, leaves, oldLeaves);
    for (int node = leaves - 1; node > 0; node--) {
      nodes[node] = Math.max(nodes[2 * node], nodes[2 * node + 1]);
    }
  }
}
