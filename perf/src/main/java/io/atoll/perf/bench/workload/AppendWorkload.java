package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenFile;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Each lane appends to a file of its own, as a log does. The files grow from run to run. */
final class AppendWorkload implements Workload {
  private static final int WIDTH = 8;

  private final Fleet fleet;
  private final LoadSettings settings;
  private final Log[][] logs;
  private final BlockStamp[] stamps;

  /** A file, and how many blocks of it are acknowledged. */
  private static final class Log {
    private final long id;
    private final String name;
    private OpenFile open;
    private long blocks;

    Log(long id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  AppendWorkload(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    stamps = new BlockStamp[fleet.size()];
    logs = new Log[fleet.size()][settings.depth()];
    for (int client = 0; client < logs.length; client++) {
      stamps[client] = new BlockStamp();
      for (int lane = 0; lane < logs[client].length; lane++) {
        long id = SeededRandom.mix((long) client << Integer.SIZE | lane);
        logs[client][lane] = new Log(id, "log-" + client + "-" + lane);
      }
    }
  }

  @Override
  public List<String> kinds() {
    return List.of("append");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return forEach((client, log) ->
        fleet
            .client(client)
            .files()
            .create(fleet.directory(), log.name)
            .thenAccept(file -> log.open = file));
  }

  private interface Step {
    CompletableFuture<Void> take(int client, Log log);
  }

  private CompletableFuture<Void> forEach(Step step) {
    return NfsFiles.inParallel(
        fleet.size(),
        WIDTH,
        client ->
            NfsFiles.inParallel(
                logs[client].length, WIDTH, lane -> step.take(client, logs[client][lane])));
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    return new AppendLane(client, lane);
  }

  @Override
  public CompletableFuture<Void> verify() {
    return forEach(this::verify);
  }

  private CompletableFuture<Void> verify(int client, Log log) {
    return NfsFiles.inParallel(
        (int) log.blocks,
        WIDTH,
        block -> {
          long offset = (long) block * settings.blockBytes();
          return fleet
              .client(client)
              .files()
              .read(
                  log.open,
                  offset,
                  settings.blockBytes(),
                  (data, at, length) -> {
                    String wrong =
                        length < settings.blockBytes()
                            ? "at offset " + offset + " are only " + length + " bytes"
                            : stamps[client].check(data, at, length, log.id, offset, 1, 1);
                    fleet.verification().checked(log.name, length, wrong);
                  });
        });
  }

  @Override
  public CompletableFuture<Void> finish() {
    return forEach((client, log) ->
        log.open == null
            ? CompletableFuture.completedFuture(null)
            : fleet.client(client).files().close(log.open));
  }

  private final class AppendLane extends Lane implements Exchange {
    private final Log log;
    private final PayloadSource payloads;
    private final BlockStamp ownStamp = new BlockStamp();
    private ByteBuf stamped;

    AppendLane(int client, int lane) {
      super(fleet.client(client).slots().get(lane));
      log = logs[client][lane];
      payloads = fleet.payloadsOf(client);
    }

    @Override
    protected boolean start() {
      slot.call(this);
      return true;
    }

    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(log.open.handle());
      long offset = log.blocks * settings.blockBytes();
      out.write(log.open.stateid(), offset, settings.stability(), payload(offset));
    }

    private ByteBuf payload(long offsetBytes) {
      if (!settings.verify()) {
        return payloads.slice(settings.blockBytes());
      }
      if (stamped == null) {
        stamped = payloads.copy(settings.blockBytes());
      }
      ownStamp.stamp(stamped, 0, settings.blockBytes(), log.id, offsetBytes, 1);
      return stamped.retainedSlice(0, settings.blockBytes());
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.write();
      reply.end();
      if (reply.writtenBytes() != settings.blockBytes()) {
        refused("WRITE took fewer bytes than were given");
        return;
      }
      log.blocks++;
      done(settings.blockBytes(), 0);
    }

    @Override
    public void close() {
      if (stamped != null) {
        stamped.release();
        stamped = null;
      }
    }
  }
}
