package io.atoll.fs.store;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** POSIX, naively: what the file system must look like after the same operations in a row. */
final class ModelFs {
  private static final int READ = 4;
  private static final int WRITE = 2;
  private static final int EXECUTE = 1;
  private static final int SET_USER = 04000;
  private static final int SET_GROUP = 02000;
  private static final int STICKY = 01000;
  private static final int DEFAULT_MODE = 0600;
  private static final int SYMLINK_MODE = 0777;

  /** A file, symbolic link or directory. */
  static final class Node {
    final FileType type;
    final boolean directory;
    final Map<String, Node> children = new LinkedHashMap<>();

    /** The step that gave each name that is there. */
    final Map<String, Integer> namedAt = new HashMap<>();

    /** Names that were ever given, by their steps. */
    private final TreeMap<Integer, String> named = new TreeMap<>();

    Node parent;
    int links;
    int holds;
    boolean hasQuota;
    int mode;
    int uid;
    int gid;
    long atimeNanos;
    long mtimeNanos;
    long ctimeNanos;

    /** Of one made by an exclusive create; else null. */
    Long verifier;

    /** The content, by the step that made it so. */
    final TreeMap<Integer, byte[]> versions = new TreeMap<>();

    /** The step that changed it last. */
    int changed;

    /** The step that changed mode or owner last. */
    int permittedAt;

    /** The step of its last write that is durable only when it is committed. */
    int unstable;

    /** The step that took its last name and holder, or none yet. */
    int goneAt = Integer.MAX_VALUE;

    Node(FileType type, Node parent) {
      this.type = type;
      this.parent = parent;
      directory = type == FileType.DIRECTORY;
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

    private void put(String name, Node node, int step) {
      children.put(name, node);
      namedAt.put(name, step);
      named.put(step, name);
    }

    private void take(String name) {
      children.remove(name);
      namedAt.remove(name);
    }

    long timesNamedSince(int step, String name) {
      return named.tailMap(step, false).values().stream().filter(name::equals).count();
    }

    private void modified(long now) {
      mtimeNanos = now;
      ctimeNanos = now;
    }

    List<Long> times() {
      return List.of(atimeNanos, mtimeNanos, ctimeNanos);
    }

    boolean gone() {
      return goneAt != Integer.MAX_VALUE;
    }

    byte[] content() {
      return versions.lastEntry().getValue();
    }
  }

  final Node root = new Node(FileType.DIRECTORY, null);

  /** How many changes there were. */
  int step;

  /** Who asks for the next operation. */
  Principal who = Principal.ROOT;

  /** What the clock says at it. */
  long now;

  // --- permissions ---

  private static boolean may(Node node, Principal who, int bits) {
    int granted =
        node.uid == who.uid()
            ? node.mode >> 6
            : who.isMember(node.gid) ? node.mode >> 3 : node.mode;
    return who.isSuperuser() || (granted & bits) == bits;
  }

  private boolean owns(Node node) {
    return who.isSuperuser() || node.uid == who.uid();
  }

  private static FsStatus allowed(boolean allowed) {
    return allowed ? FsStatus.OK : FsStatus.ACCESS_DENIED;
  }

  /** Whether names of {@code dir} may be looked up. */
  FsStatus search(Node dir) {
    if (dir.gone()) {
      return FsStatus.STALE;
    }
    return switch (dir.type) {
      case DIRECTORY -> allowed(may(dir, who, EXECUTE));
      case SYMLINK -> FsStatus.SYMLINK;
      default -> FsStatus.NOT_DIRECTORY;
    };
  }

  private FsStatus modify(Node dir) {
    return allowed(may(dir, who, WRITE | EXECUTE));
  }

  private FsStatus unname(Node dir, Node node) {
    FsStatus status = modify(dir);
    boolean sticks = (dir.mode & STICKY) != 0 && !owns(dir) && !owns(node);
    return status == FsStatus.OK && sticks ? FsStatus.NOT_OWNER : status;
  }

  /** Whether {@code dir} may be listed. */
  FsStatus listable(Node dir, Principal by) {
    return dir.gone() ? FsStatus.STALE : allowed(may(dir, by, READ));
  }

  FsStatus readable(Node node, Principal by, boolean open) {
    FsStatus status = content(node);
    return status != FsStatus.OK
        ? status
        : allowed(open || may(node, by, READ) || may(node, by, EXECUTE));
  }

  private FsStatus writable(Node node, boolean open) {
    FsStatus status = content(node);
    return status != FsStatus.OK ? status : allowed(open || may(node, who, WRITE));
  }

  private static int withoutPrivileges(int mode) {
    return mode & ~(SET_USER | ((mode & 010) != 0 ? SET_GROUP : 0));
  }

  // --- names ---

  FsStatus create(Node dir, String name, CreateRequest request, Node[] made) {
    FsStatus status = search(dir);
    if (status != FsStatus.OK) {
      return status;
    }
    Node old = dir.children.get(name);
    if (old != null) {
      made[0] = old;
      return existing(old, request);
    }
    if (modify(dir) != FsStatus.OK) {
      return FsStatus.ACCESS_DENIED;
    }
    step++;
    boolean directory = request.type() == FileType.DIRECTORY;
    boolean inherits = (dir.mode & SET_GROUP) != 0;
    Node node = new Node(request.type(), dir);
    made[0] = node;
    node.uid = who.uid();
    node.gid = inherits ? dir.gid : who.gid();
    node.mode = modeOf(request, who.isSuperuser() || who.isMember(node.gid));
    node.mode |= directory && inherits ? SET_GROUP : 0;
    node.atimeNanos = now;
    node.modified(now);
    node.verifier = request.disposition() == Disposition.EXCLUSIVE ? request.verifier() : null;
    node.changed = step;
    byte[] target = request.symlinkTarget();
    node.versions.put(step, target == null ? new byte[0] : target);
    dir.put(name, node, step);
    dir.links += directory ? 1 : 0;
    dir.modified(now);
    dir.changed = step;
    return FsStatus.OK;
  }

  private static FsStatus existing(Node old, CreateRequest request) {
    return switch (request.disposition()) {
      case GUARDED -> FsStatus.EXISTS;
      case EXCLUSIVE ->
          old.verifier != null && old.verifier == request.verifier()
              ? FsStatus.OK
              : FsStatus.EXISTS;
      case UNCHECKED ->
          switch (old.type) {
            case DIRECTORY -> FsStatus.IS_DIRECTORY;
            case SYMLINK -> FsStatus.SYMLINK;
            default -> FsStatus.OK;
          };
    };
  }

  private static int modeOf(CreateRequest request, boolean isMember) {
    if (request.type() == FileType.SYMLINK) {
      return SYMLINK_MODE;
    }
    AttributeChanges wanted = request.attributes();
    int mode = wanted.has(AttributeChanges.MODE) ? wanted.mode : DEFAULT_MODE;
    return isMember ? mode : mode & ~SET_GROUP;
  }

  FsStatus remove(Node dir, String name) {
    FsStatus status = search(dir);
    if (status != FsStatus.OK) {
      return status;
    }
    Node node = dir.children.get(name);
    if (node == null) {
      return FsStatus.NOT_FOUND;
    }
    status = unname(dir, node);
    if (status != FsStatus.OK) {
      return status;
    }
    if (!node.children.isEmpty()) {
      return FsStatus.NOT_EMPTY;
    }
    step++;
    dir.take(name);
    dir.modified(now);
    dir.changed = step;
    unlink(dir, node);
    return FsStatus.OK;
  }

  private void unlink(Node dir, Node node) {
    node.changed = step;
    node.ctimeNanos = now;
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
    FsStatus status = search(dir);
    if (status != FsStatus.OK) {
      return status;
    }
    if (node.directory) {
      return FsStatus.IS_DIRECTORY;
    }
    if (dir.children.containsKey(name)) {
      return FsStatus.EXISTS;
    }
    status = modify(dir);
    if (status != FsStatus.OK) {
      return status;
    }
    if (node.links == 0) {
      return FsStatus.STALE;
    }
    step++;
    node.links++;
    node.ctimeNanos = now;
    node.changed = step;
    dir.modified(now);
    dir.changed = step;
    dir.put(name, node, step);
    return FsStatus.OK;
  }

  FsStatus rename(Node from, String fromName, Node to, String toName) {
    if (from.gone() || to.gone()) {
      return FsStatus.STALE;
    }
    FsStatus status = search(from);
    if (status == FsStatus.OK) {
      status = search(to);
    }
    if (status != FsStatus.OK) {
      return status;
    }
    Node source = from.children.get(fromName);
    Node target = to.children.get(toName);
    if (source == null) {
      return FsStatus.NOT_FOUND;
    }
    if (source == target) {
      return FsStatus.OK;
    }
    boolean moves = source.directory && from != to;
    if (moves && isBelow(to, source)) {
      return FsStatus.INVALID;
    }
    status = checkRename(from, source, to, target, moves);
    if (status != FsStatus.OK) {
      return status;
    }
    step++;
    from.take(fromName);
    if (target != null) {
      to.take(toName);
      unlink(to, target);
    }
    to.put(toName, source, step);
    if (source.directory) {
      from.links--;
      to.links++;
      source.parent = to;
    }
    source.ctimeNanos = now;
    source.changed = step;
    from.modified(now);
    from.changed = step;
    to.modified(now);
    to.changed = step;
    return FsStatus.OK;
  }

  private static boolean isBelow(Node node, Node above) {
    Node at = node;
    while (at != null && at != above) {
      at = at.parent;
    }
    return at != null;
  }

  private FsStatus checkRename(Node from, Node source, Node to, Node target, boolean moves) {
    FsStatus status = unname(from, source);
    if (status == FsStatus.OK) {
      status = target == null ? modify(to) : unname(to, target);
    }
    if (status != FsStatus.OK) {
      return status;
    }
    if (target != null) {
      if (source.directory != target.directory) {
        return source.directory ? FsStatus.NOT_DIRECTORY : FsStatus.IS_DIRECTORY;
      }
      if (!target.children.isEmpty()) {
        return FsStatus.NOT_EMPTY;
      }
    }
    return allowed(!moves || may(source, who, WRITE)); // its ".." changes
  }

  // --- content and attributes ---

  FsStatus write(Node node, boolean open, int offset, byte[] data) {
    FsStatus status = writable(node, open);
    if (status == FsStatus.OK) {
      step++;
      byte[] content =
          Arrays.copyOf(node.content(), Math.max(node.content().length, offset + data.length));
      System.arraycopy(data, 0, content, offset, data.length);
      node.versions.put(step, content);
      node.mode = who.isSuperuser() ? node.mode : withoutPrivileges(node.mode);
      node.modified(now);
      node.changed = step;
    }
    return status;
  }

  /** As {@link #write}; nobody can tell from the node that the step is durable. */
  FsStatus writeUnstably(Node node, boolean open, int offset, byte[] data) {
    int changed = node.changed;
    FsStatus status = write(node, open, offset, data);
    if (status == FsStatus.OK) {
      node.changed = changed;
      node.unstable = step;
    }
    return status;
  }

  /** Sets what {@code changes} say of size, mode, owner, group and times. */
  FsStatus setAttributes(Node node, AttributeChanges changes, boolean open) {
    FsStatus status = node.gone() ? FsStatus.STALE : checkAttributes(node, changes, open);
    if (status != FsStatus.OK) {
      return status;
    }
    step++;
    node.changed = step;
    if (changes.has(AttributeChanges.SIZE)) {
      node.versions.put(step, Arrays.copyOf(node.content(), (int) changes.sizeBytes));
      node.mode = who.isSuperuser() ? node.mode : withoutPrivileges(node.mode);
      node.mtimeNanos = now;
    }
    setOwnerAndMode(node, changes);
    if (changes.has(AttributeChanges.ATIME) || changes.has(AttributeChanges.ATIME_NOW)) {
      node.atimeNanos = changes.has(AttributeChanges.ATIME) ? changes.atimeNanos : now;
    }
    if (changes.has(AttributeChanges.MTIME) || changes.has(AttributeChanges.MTIME_NOW)) {
      node.mtimeNanos = changes.has(AttributeChanges.MTIME) ? changes.mtimeNanos : now;
    }
    node.ctimeNanos = now;
    return FsStatus.OK;
  }

  private FsStatus checkAttributes(Node node, AttributeChanges changes, boolean open) {
    boolean owns = owns(node);
    boolean ofOwner =
        changes.has(AttributeChanges.MODE)
            || changes.has(AttributeChanges.ATIME)
            || changes.has(AttributeChanges.MTIME);
    boolean givesAway = changes.has(AttributeChanges.UID) && changes.uid != node.uid;
    boolean regroups = changes.has(AttributeChanges.GID) && changes.gid != node.gid;
    boolean setsOwner = changes.has(AttributeChanges.UID) || changes.has(AttributeChanges.GID);
    if (!who.isSuperuser()
        && ((!owns && (ofOwner || setsOwner))
            || givesAway
            || (regroups && !who.isMember(changes.gid)))) {
      return FsStatus.NOT_OWNER;
    }
    boolean touches =
        changes.has(AttributeChanges.ATIME_NOW) || changes.has(AttributeChanges.MTIME_NOW);
    if (touches && !owns && !open && !may(node, who, WRITE)) {
      return FsStatus.ACCESS_DENIED;
    }
    return changes.has(AttributeChanges.SIZE) ? writable(node, open) : FsStatus.OK;
  }

  private void setOwnerAndMode(Node node, AttributeChanges changes) {
    boolean setsOwner = changes.has(AttributeChanges.UID) || changes.has(AttributeChanges.GID);
    if (setsOwner) {
      node.uid = changes.has(AttributeChanges.UID) ? changes.uid : node.uid;
      node.gid = changes.has(AttributeChanges.GID) ? changes.gid : node.gid;
      node.mode = node.directory ? node.mode : withoutPrivileges(node.mode);
    }
    if (changes.has(AttributeChanges.MODE)) {
      boolean keepsGroup = who.isSuperuser() || who.isMember(node.gid);
      node.mode = keepsGroup ? changes.mode : changes.mode & ~SET_GROUP;
    }
    if (setsOwner || changes.has(AttributeChanges.MODE)) {
      node.permittedAt = step;
    }
  }

  FsStatus target(Node node) {
    if (node.gone()) {
      return FsStatus.STALE;
    }
    return node.type == FileType.SYMLINK ? FsStatus.OK : FsStatus.WRONG_TYPE;
  }

  FsStatus content(Node node) {
    if (node.gone()) {
      return FsStatus.STALE;
    }
    return switch (node.type) {
      case DIRECTORY -> FsStatus.IS_DIRECTORY;
      case SYMLINK -> FsStatus.SYMLINK;
      default -> FsStatus.OK;
    };
  }

  void release(Node node) {
    if (--node.holds == 0 && node.links == 0 && !node.gone()) {
      node.goneAt = step;
    }
  }

  /** As {@link TreeDump}. */
  List<String> dump() {
    List<String> lines = new ArrayList<>();
    Map<Node, String> seen = new HashMap<>();
    lines.add(line("", null, root));
    dump("", root, seen, lines);
    return lines;
  }

  private static void dump(String path, Node dir, Map<Node, String> seen, List<String> lines) {
    dir.children.forEach((name, node) -> {
      String full = path + "/" + name;
      lines.add(line(full, seen.putIfAbsent(node, full), node));
      if (node.directory) {
        dump(full, node, seen, lines);
      }
    });
  }

  private static String line(String path, String first, Node node) {
    return TreeDump.line(
        path,
        first,
        node.type,
        node.links,
        node.mode,
        node.uid,
        node.gid,
        node.times(),
        node.content());
  }
}
