package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server is to answer, in the simplest way: the names, contents, opens and locks that there
 * are, one after the other, with no thought for time or memory. Each method acts, and gives the
 * status.
 */
final class ServerModel {
  /** Locks are of so many bytes at most, each by itself. */
  static final int LOCK_BYTES = 16;

  static final int READ = 1;
  static final int WRITE = 2;

  final Node root = new Node(true);
  final List<Open> opens = new ArrayList<>();
  final List<Lock> locks = new ArrayList<>();

  /** A file or a directory. */
  static final class Node {
    final boolean directory;
    final TreeMap<String, Node> names = new TreeMap<>();
    final List<Map<Owner, Boolean>> locked = new ArrayList<>();
    byte[] content = {};
    int links = 1;

    /** As the server told it; null before. */
    byte[] handle;

    Node(boolean directory) {
      this.directory = directory;
      for (int i = 0; i < LOCK_BYTES; i++) {
        locked.add(new HashMap<>());
      }
    }
  }

  /** Who opens or locks. */
  record Owner(int client, String name) {}

  /** State that a stateid names. */
  static class State {
    final Owner owner;
    final Node file;
    Stateid stateid;

    State(Owner owner, Node file) {
      this.owner = owner;
      this.file = file;
    }
  }

  static final class Open extends State {
    int access;
    int deny;

    Open(Owner owner, Node file) {
      super(owner, file);
    }
  }

  static final class Lock extends State {
    final Open open;

    Lock(Owner owner, Open open) {
      super(owner, open.file);
      this.open = open;
    }
  }

  boolean isGone(Node node) {
    return node != root && node.links == 0 && opens.stream().noneMatch(open -> open.file == node);
  }

  // --- stateids ---

  /**
   * The state that {@code client} may use on {@code file} by {@code stateid}, or why it may not.
   */
  Nfs4Status verify(int client, Stateid stateid, Node file) {
    State state = find(stateid);
    if (state == null || state.owner.client() != client) {
      return Nfs4Status.BAD_STATEID;
    }
    int seqid = stateid.seqid();
    if (seqid != 0 && seqid != state.stateid.seqid()) {
      return seqid < state.stateid.seqid() ? Nfs4Status.OLD_STATEID : Nfs4Status.BAD_STATEID;
    }
    return state.file == file ? Nfs4Status.OK : Nfs4Status.BAD_STATEID;
  }

  State find(Stateid stateid) {
    for (List<? extends State> states : List.of(opens, locks)) {
      for (State state : states) {
        if (state.stateid.withSeqid(0).equals(stateid.withSeqid(0))) {
          return state;
        }
      }
    }
    return null;
  }

  private int union(Node file, boolean deny) {
    return opens.stream()
        .filter(open -> open.file == file)
        .mapToInt(open -> deny ? open.deny : open.access)
        .reduce(0, (a, b) -> a | b);
  }

  // --- opens ---

  Nfs4Status canOpen(Node file, int access, int deny) {
    boolean conflict = (union(file, true) & access) != 0 || (union(file, false) & deny) != 0;
    return conflict ? Nfs4Status.SHARE_DENIED : Nfs4Status.OK;
  }

  /**
   * The open that an OPEN of this owner adds to, made if there is none; its stateid is not known.
   */
  Open open(Owner owner, Node file, int access, int deny) {
    Open open =
        opens.stream()
            .filter(each -> each.file == file && each.owner.equals(owner))
            .findFirst()
            .orElseGet(() -> {
              Open made = new Open(owner, file);
              opens.add(made);
              return made;
            });
    open.access |= access;
    open.deny |= deny;
    return open;
  }

  Nfs4Status close(int client, Stateid stateid, Node file) {
    Nfs4Status status = verify(client, stateid, file);
    if (!status.isOk()) {
      return status;
    }
    if (!(find(stateid) instanceof Open open)) {
      return Nfs4Status.BAD_STATEID;
    }
    for (Lock lock : List.copyOf(locks)) {
      if (lock.open == open) {
        locks.remove(lock);
        if (locks.stream().noneMatch(l -> l.owner.equals(lock.owner) && l.file == file)) {
          file.locked.forEach(owners -> owners.remove(lock.owner));
        }
      }
    }
    opens.remove(open);
    return Nfs4Status.OK;
  }

  // --- locks ---

  boolean isDenied(Node file, Owner owner, boolean exclusive, int first, int last) {
    return file.locked.subList(first, last + 1).stream()
        .flatMap(owners -> owners.entrySet().stream())
        .anyMatch(held -> !held.getKey().equals(owner) && (exclusive || held.getValue()));
  }

  /** LOCK by a new lock owner under an open. */
  Nfs4Status lock(
      int client, Stateid stateid, Node file, Owner owner, boolean exclusive, int first, int last) {
    Nfs4Status status = verify(client, stateid, file);
    if (!status.isOk()) {
      return status;
    }
    if (!(find(stateid) instanceof Open open)) {
      return Nfs4Status.BAD_STATEID;
    }
    if ((open.access & (exclusive ? WRITE : READ)) == 0) {
      return Nfs4Status.OPENMODE;
    }
    if (isDenied(file, owner, exclusive, first, last)) {
      return Nfs4Status.DENIED;
    }
    file.locked.subList(first, last + 1).forEach(owners -> owners.put(owner, exclusive));
    if (lockOf(owner, open) == null) {
      locks.add(new Lock(owner, open));
    }
    return Nfs4Status.OK;
  }

  Lock lockOf(Owner owner, Open open) {
    return locks.stream()
        .filter(lock -> lock.open == open && lock.owner.equals(owner))
        .findFirst()
        .orElse(null);
  }

  Nfs4Status unlock(int client, Stateid stateid, Node file, int first, int last) {
    Nfs4Status status = verify(client, stateid, file);
    if (!status.isOk()) {
      return status;
    }
    if (!(find(stateid) instanceof Lock lock)) {
      return Nfs4Status.BAD_STATEID;
    }
    file.locked.subList(first, last + 1).forEach(owners -> owners.remove(lock.owner));
    lock.stateid = lock.stateid.withSeqid(lock.stateid.seqid() + 1);
    return Nfs4Status.OK;
  }

  // --- content ---

  /** Whether a READ or WRITE with {@code stateid} may go on to the file. */
  Nfs4Status mayDo(int client, Stateid stateid, Node file, int access) {
    if (stateid.isAnonymous()) {
      return (union(file, true) & access) != 0 ? Nfs4Status.LOCKED : Nfs4Status.OK;
    }
    Nfs4Status status = verify(client, stateid, file);
    if (!status.isOk()) {
      return status;
    }
    State state = find(stateid);
    Open open = state instanceof Lock lock ? lock.open : (Open) state;
    if ((open.access & access) != 0) {
      return Nfs4Status.OK;
    }
    if (access == WRITE) {
      return Nfs4Status.OPENMODE;
    }
    return (union(file, true) & READ) != 0 ? Nfs4Status.LOCKED : Nfs4Status.OK;
  }

  static void write(Node file, int offset, byte[] data) {
    if (file.content.length < offset + data.length) {
      file.content = Arrays.copyOf(file.content, offset + data.length);
    }
    System.arraycopy(data, 0, file.content, offset, data.length);
  }

  static byte[] read(Node file, int offset, int count) {
    int from = Math.min(offset, file.content.length);
    return Arrays.copyOfRange(file.content, from, Math.min(file.content.length, from + count));
  }

  // --- names ---

  static Nfs4Status remove(Node directory, String name) {
    Node node = directory.names.get(name);
    if (node == null) {
      return Nfs4Status.NOENT;
    }
    if (!node.names.isEmpty()) {
      return Nfs4Status.NOTEMPTY;
    }
    directory.names.remove(name);
    node.links--;
    return Nfs4Status.OK;
  }

  static Nfs4Status rename(Node from, String fromName, Node to, String toName) {
    Node moved = from.names.get(fromName);
    Node target = to.names.get(toName);
    if (moved == null) {
      return Nfs4Status.NOENT;
    }
    if (target == moved) {
      return Nfs4Status.OK;
    }
    if (target != null && target.directory != moved.directory) {
      return Nfs4Status.EXIST;
    }
    if (target != null) {
      if (!target.names.isEmpty()) {
        return Nfs4Status.NOTEMPTY;
      }
      target.links--;
    }
    from.names.remove(fromName);
    to.names.put(toName, moved);
    return Nfs4Status.OK;
  }

  Nfs4Status link(Node file, Node directory, String name) {
    if (isGone(file)) {
      return Nfs4Status.STALE;
    }
    if (file.directory) {
      return Nfs4Status.ISDIR;
    }
    if (directory.names.containsKey(name)) {
      return Nfs4Status.EXIST;
    }
    directory.names.put(name, file);
    file.links++;
    return Nfs4Status.OK;
  }
}
