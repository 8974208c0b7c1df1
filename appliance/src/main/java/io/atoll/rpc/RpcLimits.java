package io.atoll.rpc;

/**
 * How much a connection, and all of them, may ask of the server.
 *
 * @param maxRecordBytes the longest request record; a longer one closes the connection
 * @param maxOutstandingCalls per connection: at this many unanswered calls no more are read
 * @param maxOutstandingBytes per connection: at this many bytes of unanswered calls no more are
 *     read
 * @param maxOutboundBytes per connection: while more reply bytes than this wait for the client to
 *     take them, no calls are read
 * @param maxTotalBytes at this many bytes of requests of all connections, unanswered or incomplete,
 *     no further record is received; buffers count whole, and a record whole from its mark on
 * @param maxIncomingPayloadBytes of these, in aligned buffers whose payload has not come whole;
 *     beyond it payloads are received like other parts of a record
 * @param maxReplyBytes of all connections: replies that running calls will have and that clients
 *     have not taken; the nearer to it, the less each connection may have
 * @param maxConnections for a further one the one goes that has called nothing for the longest
 * @param idleRecordSeconds a record that has begun and of which nothing came for so long closes the
 *     connection
 * @param slowRecordSeconds as does one that is not complete after so long
 * @param stalledReplySeconds a client that in so long has not taken the replies which waited for it
 *     at the beginning of that time is cut off
 */
public record RpcLimits(
    int maxRecordBytes,
    int maxOutstandingCalls,
    int maxOutstandingBytes,
    int maxOutboundBytes,
    long maxTotalBytes,
    long maxIncomingPayloadBytes,
    long maxReplyBytes,
    int maxConnections,
    int idleRecordSeconds,
    int slowRecordSeconds,
    int stalledReplySeconds) {

  /** The RPC and COMPOUND around a WRITE's or READ's data, generously. */
  public static final int OVERHEAD_BYTES = 64 * 1024;

  private static final int MIB = 1024 * 1024;

  /** For transfers of up to 1 MiB. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(
          MIB + OVERHEAD_BYTES,
          128,
          32 * MIB,
          8 * MIB,
          160L * MIB,
          40L * MIB,
          64L * MIB,
          4096,
          30,
          300,
          60);

  /**
   * Room for a record of {@link #maxRecordBytes} in fragments of 1 KiB, so that clients which cut
   * into small ones are served and those which send endless empty ones are not.
   */
  int maxFragmentsPerRecord() {
    return maxRecordBytes / 1024 + 1;
  }
}
