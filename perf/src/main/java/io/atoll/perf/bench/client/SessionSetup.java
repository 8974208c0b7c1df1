package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What comes before and after a session, one call after the other: EXCHANGE_ID, CREATE_SESSION;
 * DESTROY_SESSION, DESTROY_CLIENTID (RFC 8881, sections 18.35 to 18.37 and 18.50).
 */
final class SessionSetup {
  /** The number of this among a connection's calls; slots have the others. */
  static final int CALL_INDEX = NfsConnection.MAX_CALLS - 1;

  private static final int MAX_OPAQUE_BYTES = 1024;
  private static final int MAX_DATA_BYTES = 4 << 20;
  private static final int OVERHEAD_BYTES = 4 << 10;
  private static final int MAX_CACHED_BYTES = 2 << 10;
  private static final int BACK_CHANNEL_BYTES = 4 << 10;
  private static final int CALLBACK_PROGRAM = 0x4000_0000;
  private static final int AUTH_NONE = 0;

  private final NfsConnection connection;
  private final long delayLimitNanos;
  private final byte[] operations = new byte[CompoundWriter.MAX_OPERATIONS];

  /**
   * @param delayLimitNanos how long a request is repeated that the server delays
   */
  SessionSetup(NfsConnection connection, long delayLimitNanos) {
    this.connection = connection;
    this.delayLimitNanos = delayLimitNanos;
  }

  /**
   * Makes a client and a session of it.
   *
   * @param owner what tells this client from all others
   * @param slots wanted; the server may grant fewer
   */
  CompletableFuture<NfsSession> establish(String owner, int slots) {
    return ping()
        .thenCompose(alive -> exchangeId(owner))
        .thenCompose(client -> createSession(client, slots));
  }

  private record NewClient(long id, int sequence) {}

  private CompletableFuture<Void> ping() {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    connection
        .loop()
        .execute(() -> {
          connection.beginNullCall(CALL_INDEX, reader -> answered.complete(null));
          connection.send();
        });
    return answered;
  }

  private CompletableFuture<NewClient> exchangeId(String owner) {
    return call(
        Operation.EXCHANGE_ID,
        xdr -> {
          xdr.int64(System.nanoTime());
          xdr.opaque(owner.getBytes(StandardCharsets.US_ASCII));
          xdr.int32(0); // flags
          xdr.int32(0); // SP4_NONE
          xdr.int32(0); // no implementation ID
        },
        reader -> {
          long id = reader.int64();
          int sequence = reader.int32();
          reader.int32();
          if (reader.int32() != 0) {
            throw new NfsFailure(
                Kind.PROTOCOL, "EXCHANGE_ID: the server protects state in a way not asked for");
          }
          reader.int64();
          reader.skipOpaque(MAX_OPAQUE_BYTES);
          reader.skipOpaque(MAX_OPAQUE_BYTES);
          return new NewClient(id, sequence);
        });
  }

  private CompletableFuture<NfsSession> createSession(NewClient client, int slots) {
    return call(
        Operation.CREATE_SESSION,
        xdr -> {
          xdr.int64(client.id());
          xdr.int32(client.sequence());
          xdr.int32(0); // flags
          int bytes = MAX_DATA_BYTES + OVERHEAD_BYTES;
          channel(xdr, bytes, MAX_CACHED_BYTES, CompoundWriter.MAX_OPERATIONS, slots);
          channel(xdr, BACK_CHANNEL_BYTES, BACK_CHANNEL_BYTES, 2, 1);
          xdr.int32(CALLBACK_PROGRAM);
          xdr.int32(1);
          xdr.int32(AUTH_NONE);
        },
        reader -> {
          long high = reader.int64();
          long low = reader.int64();
          reader.int32();
          reader.int32();
          reader.int32(); // header padding
          int maxRequest = reader.int32();
          int maxResponse = reader.int32();
          reader.int32(); // cached response
          reader.int32(); // operations
          int granted = reader.int32();
          return new NfsSession(
              client.id(), high, low, Math.min(granted, slots), maxRequest, maxResponse);
        });
  }

  private static void channel(
      XdrWriter xdr, int maxBytes, int cachedBytes, int maxOperations, int maxRequests) {
    xdr.int32(0); // header padding
    xdr.int32(maxBytes);
    xdr.int32(maxBytes);
    xdr.int32(cachedBytes);
    xdr.int32(maxOperations);
    xdr.int32(maxRequests);
    xdr.int32(0); // no RDMA
  }

  /** Ends session and client; what the server says to it is of no interest. */
  CompletableFuture<Void> destroy(NfsSession session) {
    return this.<Void>call(
            Operation.DESTROY_SESSION,
            xdr -> {
              xdr.int64(session.idHigh());
              xdr.int64(session.idLow());
            },
            reader -> null)
        .handle((done, failure) -> null)
        .thenCompose(done ->
            this.<Void>call(
                Operation.DESTROY_CLIENTID, xdr -> xdr.int64(session.clientId()), reader -> null))
        .handle((done, failure) -> null);
  }

  private <T> CompletableFuture<T> call(
      Operation operation, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
    Call<T> call = new Call<>(operation, arguments, result);
    connection.loop().execute(() -> connection.guarded(call::send));
    return call.answered;
  }

  /**
   * One operation without SEQUENCE before it, made again as it was while the server says
   * NFS4ERR_DELAY: CREATE_SESSION, too, keeps its sequence then, for the server has not executed it
   * (RFC 8881, section 18.36.4).
   */
  private final class Call<T> implements NfsConnection.Answer {
    private final Operation operation;
    private final Consumer<XdrWriter> arguments;
    private final Function<XdrReader, T> result;
    private final CompletableFuture<T> answered = new CompletableFuture<>();
    private final Backoff backoff = new Backoff(delayLimitNanos);

    Call(Operation operation, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
      this.operation = operation;
      this.arguments = arguments;
      this.result = result;
    }

    void send() {
      CompoundWriter writer = connection.beginCall(CALL_INDEX, this);
      arguments.accept(writer.operation(operation));
      writer.copyOperations(operations);
      connection.send();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // of a timer that is never cancelled
    public void answered(XdrReader reader) {
      CompoundReply reply = connection.reply();
      reply.begin(operations);
      if (reply.isOk()) {
        T value = result.apply(reply.expect(operation));
        reply.end();
        answered.complete(value);
        return;
      }
      reply.end();
      if (reply.status() == Nfs4Status.DELAY.code() && backoff.allows()) {
        connection.vitals().delayed();
        connection
            .loop()
            .schedule(
                () -> connection.guarded(this::send), backoff.nextNanos(), TimeUnit.NANOSECONDS);
      } else {
        answered.completeExceptionally(refusal(operation, reply.status()));
      }
    }
  }

  private NfsFailure refusal(Operation operation, int status) {
    return status == Nfs4Status.MINOR_VERS_MISMATCH.code()
        ? new NfsFailure(
            Kind.VERSION, connection.server() + ": the server does not speak NFS version 4.1")
        : new NfsFailure(
            Kind.REFUSED,
            connection.server()
                + ": "
                + operation
                + ": the server answered "
                + StatusName.of(status));
  }
}
