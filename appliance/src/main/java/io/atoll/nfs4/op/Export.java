package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.rpc.RpcConnection;

/**
 * What a listener serves: a file system, who its callers are there, how its handles look on the
 * wire, the views of it, and the server's limits.
 *
 * @param fileSystem to be called on its home loop only
 * @param identity who a caller is to the file system
 * @param handles the codec of its filehandles
 * @param whole the view of all of it
 * @param accessPoints its access points
 * @param facts limits and constants that attributes tell
 */
public record Export(
    FileSystem fileSystem,
    Identity identity,
    FileHandleCodec handles,
    View whole,
    AccessPoints accessPoints,
    ServerFacts facts) {

  public static Export of(FileSystem fileSystem, Identity identity, ServerFacts facts) {
    FileHandleCodec handles = new FileHandleCodec(fileSystem.id(), fileSystem.handleSecret());
    return new Export(
        fileSystem,
        identity,
        handles,
        View.whole(fileSystem, handles, facts),
        new AccessPoints(fileSystem, handles, facts),
        facts);
  }

  /**
   * What {@code connection} sees: all, or the access point that it came by. Null if that is not
   * there any more.
   */
  public View rootView(RpcConnection connection) {
    String entrance = connection.entrance();
    return entrance == null ? whole : accessPoints.of(AccessPoint.keyOf(entrance), connection);
  }
}
