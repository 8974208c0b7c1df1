package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** POSIX, naively: what the file system must look like after the same operations in a row. */
final class ModelFs {
  /** A file or directory. */
  static final class Node {
    final boolean directory;
    final Map<String, Node> children = new LinkedHashMap<>();
    Node parent;
    int links;
    int holds;
    boolean hasQuota;

    /** The content, by the step that made it so. */
    final TreeMap<Integer, byte[]> versions = new TreeMap<>();

    /** The step that changed it last. */
    int changed;

    /** The step of its last write that is durable only when it is committed. */
    int unstable;

    /** The step that took its last name and holder, or none yet. */
    int goneAt = Integer.MAX_VALUE;

    Node(boolean directory, Node parent) {
      this.directory = directory;
      this.parent = parent;
      links = directory ? 2 : 1;
    }

    /** The nearest directory with a quota, below the root; null if there is none. */
    Node quotaRoot() {
      Node at = this;
      while (at != null && !at.hasQuota) {
        at = at.parent;
      }
      return at;
    }

    boolean gone() {
      return goneAt != Integer.MAX_VALUE;
    }

    byte[] content() {
      return versions.lastEntry().getValue();
    }
  }

  final Node root = new Node(true, null);

  /** How many changes there were. */
  int step;

  FsStatus create(Node dir, String name, boolean directory, boolean guarded, Node[] made) {
    if (dir.gone()) {
      return FsStatus.STALE;
    }
    if (!dir.directory) {
      return FsStatus.NOT_DIRECTORY;
    }
    Node old = dir.children.get(name);
    if (old != null) {
      made[0] = old;
      if (guarded) {
        return FsStatus.EXISTS;
      }
      return old.directory ? FsStatus.IS_DIRECTORY : FsStatus.OK;
    }
    step++;
    made[0] = new Node(directory, dir);
    made[0].changed = step;
    made[0].versions.put(step, new byte[0]);
    dir.children.put(name, made[0]);
    dir.links += directory ? 1 : 0;
    dir.changed = step;
    return FsStatus.OK;
  }

  FsStatus remove(Node dir, String name) {
    if (dir.gone()) {
      return FsStatus.STALE;
    }
    if (!dir.directory) {
      return FsStatus.NOT_DIRECTORY;
    }
    Node node = dir.children.get(name);
    if (node == null) {
      return FsStatus.NOT_FOUND;
    }
    if (!node.children.isEmpty()) {
      return FsStatus.NOT_EMPTY;
    }
    step++;
    dir.children.remove(name);
    dir.changed = step;
    unlink(dir, node);
    return FsStatus.OK;
  }

  private void unlink(Node dir, Node node) {
    node.changed = step;
    if (node.directory) {
      node.links = 0;
      dir.links--;
      node.goneAt = step;
    } else if (--node.links == 0 && node.holds == 0) {
      node.goneAt = step;
    }
  }

  FsStatus link(Node node, Node dir, String name) {
    if (node.gone() || dir.gone()) {
      return FsStatus.STALE;
    }
    if (!dir.directory) {
      return FsStatus.NOT_DIRECTORY;
    }
    if (node.directory) {
      return FsStatus.IS_DIRECTORY;
    }
    if (dir.children.containsKey(name)) {
      return FsStatus.EXISTS;
    }
    if (node.links == 0) {
      return FsStatus.STALE;
    }
    step++;
    node.links++;
    node.changed = step;
    dir.changed = step;
    dir.children.put(name, node);
    return FsStatus.OK;
  }

  FsStatus rename(Node from, String fromName, Node to, String toName) {
    if (from.gone() || to.gone()) {
      return FsStatus.STALE;
    }
    if (!from.directory || !to.directory) {
      return FsStatus.NOT_DIRECTORY;
    }
    Node source = from.children.get(fromName);
    Node target = to.children.get(toName);
    if (source == null) {
      return FsStatus.NOT_FOUND;
    }
    if (source == target) {
      return FsStatus.OK;
    }
    if (source.directory && from != to) {
      for (Node at = to; at != null; at = at.parent) {
        if (at == source) {
          return FsStatus.INVALID;
        }
      }
    }
    if (target != null) {
      if (source.directory != target.directory) {
        return source.directory ? FsStatus.NOT_DIRECTORY : FsStatus.IS_DIRECTORY;
      }
      if (!target.children.isEmpty()) {
        return FsStatus.NOT_EMPTY;
      }
    }
    step++;
    from.children.remove(fromName);
    to.children.remove(toName);
    if (target != null) {
      unlink(to, target);
    }
    to.children.put(toName, source);
    if (source.directory) {
      from.links--;
      to.links++;
      source.parent = to;
    }
    source.changed = step;
    from.changed = step;
    to.changed = step;
    return FsStatus.OK;
  }

  FsStatus write(Node node, int offset, byte[] data) {
    FsStatus status = content(node);
    if (status == FsStatus.OK) {
      step++;
      byte[] content =
          Arrays.copyOf(node.content(), Math.max(node.content().length, offset + data.length));
      System.arraycopy(data, 0, content, offset, data.length);
      node.versions.put(step, content);
      node.changed = step;
    }
    return status;
  }

  /** As {@link #write}; nobody can tell from the node that the step is durable. */
  FsStatus writeUnstably(Node node, int offset, byte[] data) {
    int changed = node.changed;
    FsStatus status = write(node, offset, data);
    if (status == FsStatus.OK) {
      node.changed = changed;
      node.unstable = step;
    }
    return status;
  }

  FsStatus truncate(Node node, int size) {
    FsStatus status = content(node);
    if (status == FsStatus.OK) {
      step++;
      node.versions.put(step, Arrays.copyOf(node.content(), size));
      node.changed = step;
    }
    return status;
  }

  FsStatus content(Node node) {
    if (node.gone()) {
      return FsStatus.STALE;
    }
    return node.directory ? FsStatus.IS_DIRECTORY : FsStatus.OK;
  }

  void release(Node node) {
    if (--node.holds == 0 && node.links == 0 && !node.gone()) {
      node.goneAt = step;
    }
  }

  /** Every path with what is there; objects with several names are named by their first. */
  List<String> dump() {
    List<String> lines = new ArrayList<>();
    Map<Node, String> seen = new HashMap<>();
    dump("", root, seen, lines);
    return lines;
  }

  private static void dump(String path, Node dir, Map<Node, String> seen, List<String> lines) {
    dir.children.forEach((name, node) -> {
      String full = path + "/" + name;
      String first = seen.putIfAbsent(node, full);
      lines.add(line(full, node.directory, node.links, first, node.content()));
      if (node.directory) {
        dump(full, node, seen, lines);
      }
    });
  }

  static String line(String path, boolean directory, int links, String first, byte[] content) {
    if (first != null) {
      return path + " = " + first;
    }
    return path
        + (directory ? " directory " : " file ")
        + links
        + (directory ? "" : " " + content.length + " " + Arrays.hashCode(content));
  }
}
