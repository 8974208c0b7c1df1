package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.rpc.RpcConnection;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The access points of a file system, while clients use it: added and removed live. One that is
 * removed can't be mounted any more, and goes on for the connections that were there then, as in
 * EFS. Confined to the home loop.
 */
public final class AccessPoints {
  /** EFS's quota (10,000 a file system), and room above. */
  public static final int MAX_ACCESS_POINTS = 16_384;

  /** Removed ones that still serve old connections; the oldest of more is forgotten. */
  static final int MAX_REMOVED = 1024;

  private final FileSystem fileSystem;
  private final FileHandleCodec handles;
  private final ServerFacts facts;

  /** By their keys. */
  private final Long2ObjectHashMap<View> views = new Long2ObjectHashMap<>();

  /** By their keys, in the order of removal. */
  private final Map<Long, Removed> removed = new LinkedHashMap<>();

  private long lastConnection;

  AccessPoints(FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts) {
    this.fileSystem = fileSystem;
    this.handles = handles;
    this.facts = facts;
  }

  private record Removed(View view, long lastConnection) {}

  /**
   * Lets clients mount {@code accessPoint} from now on.
   *
   * @throws IllegalStateException if there are too many, or one whose handles would look the same
   */
  public void add(AccessPoint accessPoint) {
    if (views.size() >= MAX_ACCESS_POINTS) {
      throw new IllegalStateException(
          "a file system has at most " + MAX_ACCESS_POINTS + " access points");
    }
    long key = accessPoint.key();
    if (views.containsKey(key) || removed.containsKey(key)) {
      throw new IllegalStateException("the handles of " + accessPoint.id() + " are another's");
    }
    views.put(key, View.of(accessPoint, fileSystem, handles, facts));
  }

  /** Lets no client mount it any more; nothing happens if it is not there. */
  public void remove(AccessPoint accessPoint) {
    View view = views.remove(accessPoint.key());
    if (view == null) {
      return;
    }
    removed.put(accessPoint.key(), new Removed(view, lastConnection));
    if (removed.size() > MAX_REMOVED) {
      removed.remove(removed.keySet().iterator().next());
    }
  }

  /** The view that a root's entry {@code name} leads to; null if that is no access point's ID. */
  View named(byte[] name) {
    if (name.length != AccessPoint.ID_CHARS || name[0] != 'f') {
      return null;
    }
    String id = new String(name, StandardCharsets.ISO_8859_1);
    View view = AccessPoint.isId(id) ? views.get(AccessPoint.keyOf(id)) : null;
    return view != null && view.accessPoint().id().equals(id) ? view : null;
  }

  /** The view of handles with {@code key}, for one who uses them; null if there is none. */
  View of(long key, RpcConnection connection) {
    lastConnection = Math.max(lastConnection, connection.id());
    View view = views.get(key);
    if (view != null) {
      return view;
    }
    Removed gone = removed.get(key);
    return gone != null && connection.id() <= gone.lastConnection() ? gone.view() : null;
  }
}
