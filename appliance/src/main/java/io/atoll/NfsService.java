package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.control.MountPoint;
import io.atoll.figures.FileSystemSample;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsStatus;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.volume.DataLane;
import io.atoll.nfs4.compound.NfsProgram;
import io.atoll.nfs4.compound.OpTable;
import io.atoll.nfs4.op.AccessPoints;
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
import io.atoll.rpc.RpcBudgets;
import io.atoll.rpc.RpcLimits;
import io.atoll.rpc.RpcServer;
import io.atoll.rpc.RpcService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One file system served over NFS at any number of addresses: clients, leases and grace are one,
 * whichever way a client comes. Confined to the home loop.
 */
final class NfsService {
  private final AccessPoints accessPoints;
  private final RpcService rpc;
  private final Function<Loop, DataLane> lanes;
  private final NfsState state;
  private final GraceFacts grace;
  private final CallbackClient callbacks;
  private final Map<InetSocketAddress, RpcServer> servers = new LinkedHashMap<>();

  /** Servers that are being ended. */
  private final Set<Future<Void>> endings = new LinkedHashSet<>();

  private NfsService(
      AccessPoints accessPoints,
      RpcService rpc,
      Function<Loop, DataLane> lanes,
      NfsState state,
      CallbackClient callbacks,
      GraceFacts grace) {
    this.accessPoints = accessPoints;
    this.rpc = rpc;
    this.lanes = lanes;
    this.state = state;
    this.callbacks = callbacks;
    this.grace = grace;
  }

  /**
   * Begins the grace period. To be called on {@code loop}; nobody is listened to yet.
   *
   * @return fails with a {@link StartFailure} if the records of clients can't be read
   */
  static Future<NfsService> begin(
      VertxLoop loop,
      OpenFileSystem open,
      ServedThroughput throughput,
      NodeBudgets budgets,
      ServingSettings settings) {
    FileSystem fileSystem = open.fileSystem();
    ClientJournal journal = new ClientJournal(fileSystem.records());
    return recordedClients(journal)
        .map(recorded -> {
          StateSettings times = StateSettings.of(settings.leaseSeconds(), settings.rules().state());
          NfsState state =
              new NfsState(
                  times,
                  budgets.state(),
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
          Export export = export(fileSystem, settings);
          RpcService rpc = rpc(loop, open, export, throughput, state, callbacks, budgets.rpc());
          return new NfsService(export.accessPoints(), rpc, open::lane, state, callbacks, grace);
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

  private static Export export(FileSystem fileSystem, ServingSettings settings) {
    int transferBytes = fileSystem.maxTransferBytes();
    return Export.of(
        fileSystem,
        settings.rules().squash(),
        new ServerFacts(settings.leaseSeconds(), transferBytes, transferBytes));
  }

  private static RpcService rpc(
      VertxLoop loop,
      OpenFileSystem open,
      Export export,
      ServedThroughput throughput,
      NfsState state,
      CallbackClient callbacks,
      RpcBudgets.Share budgets) {
    FileSystem fileSystem = open.fileSystem();
    ServerIdentity identity = ServerIdentity.of(fileSystem.id(), AtollVersion.current());
    Map<Operation, Op> operations40 = FileOperations.all(StateOperations40.check(state));
    operations40.putAll(StateOperations40.all(state, new CallbackProbe(callbacks)));
    Map<Operation, Op> operations41 = FileOperations.all(StateOperations.check(state));
    operations41.putAll(StateOperations.all(state, identity, export.handles()));
    List<OpTable> tables = List.of(new OpTable(0, operations40), new OpTable(1, operations41));
    RpcLimits limits = RpcLimits.DEFAULT;
    NfsProgram program =
        new NfsProgram(
            export,
            tables,
            limits.maxRecordBytes(),
            loop::monotonicNanos,
            throughput.meter(state::isInGrace));
    return new RpcService(
        loop,
        limits,
        budgets,
        List.of(program),
        open.socketLoops().stream()
            .map(each -> place(each, fileSystem.maxTransferBytes()))
            .toList());
  }

  private static RpcService.Place place(SocketLoop at, int maxTransferBytes) {
    return new RpcService.Place(
        at.loop(), new WritePayloadFinder(maxTransferBytes), new AlignedPayloads(at.received()));
  }

  /** The grace period that it began with; null if there was none. */
  GraceFacts grace() {
    return grace;
  }

  /** Its access points, none at first. */
  AccessPoints accessPoints() {
    return accessPoints;
  }

  /** Connections of clients, at all addresses. */
  int connections() {
    return rpc.connectionCount();
  }

  /** What each loop that works for it does. */
  List<FileSystemSample.LoopWork> loops() {
    return rpc.loads().stream().map(this::work).toList();
  }

  private FileSystemSample.LoopWork work(RpcService.Load load) {
    DataLane lane = lanes.apply(load.loop());
    return new FileSystemSample.LoopWork(
        load.loop().number(),
        load.connections(),
        load.records(),
        lane == null ? 0 : lane.reads(),
        lane == null ? 0 : lane.writes());
  }

  /** Those that use it now. */
  FileSystemSample.Clients clients() {
    NfsState.Counts counts = state.counts();
    return new FileSystemSample.Clients(
        connections(),
        counts.clients(),
        counts.sessions(),
        counts.opens(),
        counts.stateids(),
        state.isInGrace());
  }

  /**
   * Listens at a further address, or says anew who may come by one that is listened on.
   *
   * @return the address, with the port that it got; fails with a {@link StartFailure}
   */
  Future<InetSocketAddress> listen(MountPoint at) {
    InetSocketAddress wanted = at.address();
    RpcServer listening = servers.get(wanted);
    if (listening != null) {
      listening.admit(at.access()::admits);
      return Future.succeededFuture(wanted);
    }
    RpcServer server = new RpcServer(rpc, at.accessPoint(), at.access()::admits);
    return server
        .listen(wanted.getAddress().getHostAddress(), wanted.getPort())
        .map(port -> new InetSocketAddress(wanted.getAddress(), port))
        .recover(failure -> Future.failedFuture(NfsAddress.refusal(wanted, failure)))
        .onSuccess(bound -> servers.put(bound, server));
  }

  /** Stops listening there at once, and cuts the connections; nothing if nobody listens there. */
  Future<Void> unlisten(InetSocketAddress at) {
    RpcServer server = servers.remove(at);
    return server == null ? Future.succeededFuture() : ending(server.abort());
  }

  /** Cuts the connections there that their rule does not admit any more. */
  void recheck(InetSocketAddress at) {
    RpcServer server = servers.get(at);
    if (server != null) {
      server.recheck();
    }
  }

  private Future<Void> ending(Future<Void> end) {
    endings.add(end);
    return end.onComplete(ended -> endings.remove(end));
  }

  /**
   * Cuts the connections and stops listening at once; completes when the requests that ran have
   * ended, none of them with a reply.
   */
  Future<Void> abort() {
    return end(RpcServer::abort);
  }

  /** Lets running requests end, then closes connections and listeners. */
  Future<Void> close() {
    return end(RpcServer::close);
  }

  private Future<Void> end(Function<RpcServer, Future<Void>> how) {
    List<Future<Void>> ends = new ArrayList<>(endings);
    servers.values().forEach(server -> ends.add(how.apply(server)));
    servers.clear();
    return Future.join(ends)
        .<Void>mapEmpty()
        .onComplete(ended -> {
          callbacks.close();
          state.stop();
          rpc.end();
        });
  }
}
