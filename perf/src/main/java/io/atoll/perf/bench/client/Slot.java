package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.xdr.XdrReader;
import java.util.concurrent.TimeUnit;

/**
 * A session's slot (RFC 8881, section 2.10.6.1): one request at a time. When the server says
 * NFS4ERR_DELAY or NFS4ERR_GRACE, the request is made again, ever later, until it has waited for
 * too long. Confined to its connection's loop.
 */
public final class Slot implements NfsConnection.Answer {
  /** Keeps the lease while nothing else is asked. */
  private static final Exchange KEEP_ALIVE =
      new Exchange() {
        @Override
        public void encode(CompoundWriter out) {}

        @Override
        public void replied(CompoundReply reply) {}
      };

  private final NfsConnection connection;
  private final NfsSession session;
  private final int callIndex;
  private final int id;
  private final Backoff backoff;
  private final byte[] operations = new byte[CompoundWriter.MAX_OPERATIONS];
  private final Runnable again = this::sendAgain;
  private int sequence = 1;
  private Exchange exchange;
  private boolean keepingAlive;

  /** What was asked while the lease was being kept; made when that is answered. */
  private Exchange next;

  private long answeredNanos;

  /**
   * @param callIndex its number among the connection's calls
   * @param id its number in the session
   * @param delayLimitNanos how long a request is repeated that the server delays
   */
  Slot(NfsConnection connection, NfsSession session, int callIndex, int id, long delayLimitNanos) {
    this.connection = connection;
    this.session = session;
    this.callIndex = callIndex;
    this.id = id;
    backoff = new Backoff(delayLimitNanos);
  }

  /** Makes a request; the slot must be free. */
  public void call(Exchange request) {
    if (keepingAlive && next == null) {
      next = request;
      return;
    }
    if (exchange != null) {
      throw new IllegalStateException("slot " + id + " has a request in flight");
    }
    exchange = request;
    backoff.reset();
    send();
  }

  /** Asks for nothing, so that the server hears of the client; if the slot is free. */
  void keepAlive() {
    if (exchange == null) {
      call(KEEP_ALIVE);
      keepingAlive = true;
    }
  }

  private void send() {
    CompoundWriter writer = connection.beginCall(callIndex, this);
    writer.sequence(session, sequence, id, session.slots() - 1, exchange.keptForRetry());
    exchange.encode(writer);
    writer.copyOperations(operations);
    connection.send();
  }

  /** In a task of the loop: what is thrown there would be lost. */
  private void sendAgain() {
    connection.guarded(this::send);
  }

  /** When the last answer came. */
  public long answeredNanos() {
    return answeredNanos;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // of a timer that is never cancelled
  public void answered(XdrReader reader) {
    answeredNanos = connection.heardNanos();
    CompoundReply reply = connection.reply();
    reply.begin(operations);
    int sequenceStatus = reply.resultCount() == 0 ? reply.status() : reply.head(Operation.SEQUENCE);
    if (sequenceStatus == Nfs4Status.OK.code()) {
      readSequence(reader);
      sequence++;
    } else if (sequenceStatus != Nfs4Status.DELAY.code()) {
      reply.end();
      throw new NfsFailure(
          Kind.REFUSED, "SEQUENCE: the server answered " + StatusName.of(sequenceStatus));
    }
    reply.end();
    if (isLater(reply.status()) && backoff.allows()) {
      connection.vitals().delayed();
      connection.loop().schedule(again, backoff.nextNanos(), TimeUnit.NANOSECONDS);
      return;
    }
    Exchange done = exchange;
    exchange = null;
    keepingAlive = false;
    done.replied(reply);
    if (next != null) {
      Exchange waiting = next;
      next = null;
      call(waiting);
    }
  }

  private static boolean isLater(int status) {
    return status == Nfs4Status.DELAY.code() || status == Nfs4Status.GRACE.code();
  }

  private void readSequence(XdrReader reader) {
    long high = reader.int64();
    long low = reader.int64();
    int answeredSequence = reader.int32();
    int answeredSlot = reader.int32();
    reader.int32(); // highest slot
    reader.int32(); // its target: slots are never given back
    reader.int32(); // status flags
    if (!reader.isMalformed()
        && (high != session.idHigh()
            || low != session.idLow()
            || answeredSequence != sequence
            || answeredSlot != id)) {
      throw new NfsFailure(
          Kind.PROTOCOL,
          "the server answered SEQUENCE for slot "
              + answeredSlot
              + " and sequence "
              + answeredSequence
              + " where slot "
              + id
              + " and sequence "
              + sequence
              + " were asked");
    }
  }
}
