package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.netty.buffer.ByteBuf;

/** Appends a block to one of its files after the other. */
final class AppendLane extends Lane {
  private final LoadSettings settings;
  private final AppendLog[] logs;
  private final LostWrites losses;
  private final PayloadSource payloads;
  private final BlockStamp stamp = new BlockStamp();
  private final Step append = new Append();
  private ByteBuf stamped;
  private AppendLog log;
  private int next;

  AppendLane(Fleet fleet, int client, int lane, AppendLog[] logs) {
    super(fleet.client(client).slots().get(lane));
    this.logs = logs;
    settings = fleet.settings();
    losses = fleet.losses();
    payloads = fleet.payloadsOf(client);
  }

  @Override
  protected boolean start() {
    log = logs[next];
    next = (next + 1) % logs.length;
    slot.call(append);
    return true;
  }

  @Override
  public void close() {
    if (stamped != null) {
      stamped.release();
      stamped = null;
    }
  }

  private final class Append extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(log.open().handle());
      long offset = log.blocks() * settings.blockBytes();
      out.write(log.open().stateid(), offset, settings.stability(), payload(offset));
    }

    private ByteBuf payload(long offsetBytes) {
      if (!settings.verify()) {
        return payloads.slice(settings.blockBytes());
      }
      if (stamped == null) {
        stamped = payloads.copy(settings.blockBytes());
      }
      stamp.stamp(stamped, 0, settings.blockBytes(), log.id(), offsetBytes, 1);
      return stamped.retainedSlice(0, settings.blockBytes());
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.write(settings.stability());
      reply.end();
      if (reply.writtenBytes() != settings.blockBytes()) {
        refused("WRITE took fewer bytes than were given");
        return;
      }
      long lost = log.appended(reply.committed(), reply.verifier());
      if (lost > 0) {
        losses.add(lost);
      }
      done(settings.blockBytes(), 0);
    }
  }
}
