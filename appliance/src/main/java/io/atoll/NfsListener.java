package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.figures.FileSystemSample;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsStatus;
import io.atoll.io.loop.VertxLoop;
import io.atoll.nfs4.compound.NfsProgram;
import io.atoll.nfs4.compound.OpTable;
import io.atoll.nfs4.op.CallbackProbe;
import io.atoll.nfs4.op.ClientJournal;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.FileOperations;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.ServerIdentity;
import io.atoll.nfs4.op.StateOperations;
import io.atoll.nfs4.op.StateOperations40;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import io.atoll.nfs4.state.StateSettings;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.nfs4.wire.WritePayloadFinder;
import io.atoll.rpc.AlignedPayloads;
import io.atoll.rpc.RpcLimits;
import io.atoll.rpc.RpcServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One file system served over NFS at one address. Confined to the home loop. */
final class NfsListener {
  private final RpcServer server;
  private final NfsState state;
  private final InetSocketAddress address;
  private final GraceFacts grace;
  private final CallbackClient callbacks;

  private NfsListener(
      RpcServer server,
      NfsState state,
      CallbackClient callbacks,
      InetSocketAddress address,
      GraceFacts grace) {
    this.callbacks = callbacks;
    this.server = server;
    this.state = state;
    this.address = address;
    this.grace = grace;
  }

  /**
   * Begins the grace period and listens. To be called on {@code loop}.
   *
   * @return fails with a {@link StartFailure} if the address can't be listened on
   */
  static Future<NfsListener> listen(
      VertxLoop loop,
      OpenFileSystem open,
      ServedThroughput throughput,
      InetSocketAddress wanted,
      ServingSettings settings) {
    FileSystem fileSystem = open.fileSystem();
    ClientJournal journal = new ClientJournal(fileSystem.records());
    return recordedClients(journal)
        .compose(recorded -> {
          StateSettings times = StateSettings.of(settings.leaseSeconds(), settings.rules().state());
          NfsState state =
              new NfsState(
                  times,
                  loop,
                  fileSystem.writeVerifier(),
                  new SecureRandom(),
                  journal,
                  recorded,
                  file -> fileSystem.release((FileHandle) file),
                  fileSystem::graceEnded);
          GraceFacts grace =
              state.isInGrace()
                  ? new GraceFacts(recorded.size(), Instant.now().plusSeconds(times.graceSeconds()))
                  : null;
          CallbackClient callbacks = new CallbackClient(loop);
          RpcServer server = server(loop, open, throughput, state, callbacks, settings);
          return listen(server, wanted)
              .map(bound -> new NfsListener(server, state, callbacks, bound, grace))
              .onFailure(failure -> end(state, callbacks));
        });
  }

  private static Future<List<RecordedClient>> recordedClients(ClientJournal journal) {
    Promise<List<RecordedClient>> loaded = Promise.promise();
    journal.load((status, clients) -> {
      if (status == FsStatus.OK) {
        loaded.complete(clients);
      } else {
        loaded.fail(
            new StartFailure(
                status == FsStatus.FENCED ? Kind.DATA_DIRECTORY : Kind.STORE,
                "the records of NFS clients can't be read (" + status + ")"));
      }
    });
    return loaded.future();
  }

  private static RpcServer server(
      VertxLoop loop,
      OpenFileSystem open,
      ServedThroughput throughput,
      NfsState state,
      CallbackClient callbacks,
      ServingSettings settings) {
    FileSystem fileSystem = open.fileSystem();
    int transferBytes = fileSystem.maxTransferBytes();
    Export export =
        Export.of(
            fileSystem,
            settings.rules().squash(),
            new ServerFacts(settings.leaseSeconds(), transferBytes, transferBytes));
    ServerIdentity identity = ServerIdentity.of(fileSystem.id(), AtollVersion.current());
    Map<Operation, Op> operations40 = FileOperations.all(StateOperations40.check(state));
    operations40.putAll(StateOperations40.all(state, new CallbackProbe(callbacks)));
    Map<Operation, Op> operations41 = FileOperations.all(StateOperations.check(state));
    operations41.putAll(StateOperations.all(state, identity));
    List<OpTable> tables = List.of(new OpTable(0, operations40), new OpTable(1, operations41));
    RpcLimits limits = RpcLimits.DEFAULT;
    NfsProgram program =
        new NfsProgram(
            export,
            tables,
            limits.maxRecordBytes(),
            loop::monotonicNanos,
            throughput.meter(state::isInGrace));
    return new RpcServer(
        loop,
        limits,
        List.of(program),
        new WritePayloadFinder(transferBytes),
        new AlignedPayloads(open.receiveBuffers()));
  }

  private static Future<InetSocketAddress> listen(RpcServer server, InetSocketAddress wanted) {
    return server
        .listen(wanted.getAddress().getHostAddress(), wanted.getPort())
        .map(port -> new InetSocketAddress(wanted.getAddress(), port))
        .recover(failure -> Future.failedFuture(NfsAddress.refusal(wanted, failure)));
  }

  InetSocketAddress address() {
    return address;
  }

  /** The grace period that listening began with; null if there was none. */
  GraceFacts grace() {
    return grace;
  }

  /** Those that use it now. */
  FileSystemSample.Clients clients() {
    NfsState.Counts counts = state.counts();
    return new FileSystemSample.Clients(
        server.connectionCount(),
        counts.clients(),
        counts.sessions(),
        counts.opens(),
        counts.stateids(),
        state.isInGrace());
  }

  private static void end(NfsState state, CallbackClient callbacks) {
    callbacks.close();
    state.stop();
  }

  /**
   * Cuts the connections and stops listening at once; completes when the requests that ran have
   * ended, none of them with a reply.
   */
  Future<Void> abort() {
    return server.abort().onComplete(ended -> end(state, callbacks));
  }

  /** Lets running requests end, then closes connections and listener. */
  Future<Void> close() {
    return server.close().onComplete(closed -> end(state, callbacks));
  }
}
