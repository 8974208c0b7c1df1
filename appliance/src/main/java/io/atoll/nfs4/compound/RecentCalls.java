package io.atoll.nfs4.compound;

import io.atoll.rpc.RpcCall;
import io.atoll.rpc.RpcCredential;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The calls of NFSv4.0 that run, and the replies to the last ones that changed something: so that a
 * retransmission, which comes when the connection broke before the reply, is not done twice (RFC
 * 7530, section 3.1.1). NFSv4.1 has sessions for this. Confined to the home loop.
 *
 * <p>A retransmission may come over another connection and from another port, but from the same
 * address, as the same user, under the same XID, with the same bytes.
 */
final class RecentCalls {
  /** Replies that are kept, the latest. */
  static final int MAX_REPLIES = 8 * 1024;

  /** The longest reply that is kept: those to what changes something are short. */
  static final int MAX_REPLY_BYTES = 8 << 10;

  /** All kept replies. */
  static final long MAX_TOTAL_BYTES = 8L << 20;

  private final Map<Key, RecentCall> running = new HashMap<>();
  private final LinkedHashMap<Key, byte[]> replies = new LinkedHashMap<>();
  private long replyBytes;

  /**
   * What two transmissions of a call have in common.
   *
   * @param from null if not over the Internet
   * @param credential a hash of all of it
   * @param checksum of the compound, up to a large payload
   */
  record Key(InetAddress from, int uid, int credential, int xid, int requestBytes, int checksum)
      implements Comparable<Key> {
    /** Of a call whose reader stands at its operations. */
    static Key of(RpcCall call) {
      RpcCredential who = call.credential();
      return new Key(
          call.connection().remoteAddress(),
          who.uid(),
          31 * (31 * who.flavor() + who.gid()) + Arrays.hashCode(who.groups()),
          call.xid(),
          call.requestBytes(),
          call.reader().checksumOfRest());
    }

    /** Any order, so that a hash table bears chosen XIDs: see Java's treatment of collisions. */
    @Override
    public int compareTo(Key other) {
      int order = Integer.compare(xid, other.xid);
      return order != 0 ? order : Integer.compare(checksum, other.checksum);
    }
  }

  /**
   * A call has come, and its reader stands at its operations.
   *
   * @return null if it is a retransmission, which is answered, or will be when the first one is
   */
  RecentCall arrived(RpcCall call) {
    Key key = Key.of(call);
    byte[] reply = replies.get(key);
    if (reply != null) {
      RecentCall.answer(call, reply);
      return null;
    }
    RecentCall runs = running.get(key);
    if (runs != null) {
      runs.retransmitted(call);
      return null;
    }
    RecentCall made = new RecentCall(this, key);
    running.put(key, made);
    return made;
  }

  /**
   * A call has ended.
   *
   * @param reply to be kept, or null
   */
  void ended(Key key, byte[] reply) {
    running.remove(key);
    if (reply == null || reply.length > MAX_REPLY_BYTES) {
      return;
    }
    byte[] before = replies.put(key, reply);
    replyBytes += reply.length - (before == null ? 0 : before.length);
    while (replies.size() > MAX_REPLIES || replyBytes > MAX_TOTAL_BYTES) {
      replyBytes -= replies.pollFirstEntry().getValue().length;
    }
  }

  /** How many replies are kept. */
  int size() {
    return replies.size();
  }
}
