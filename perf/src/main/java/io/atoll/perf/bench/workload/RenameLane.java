package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Slot;

/** Renames a file of its own within its directory, to and fro. */
final class RenameLane extends Lane implements Exchange {
  private final Handle directory;
  private final byte[] first;
  private final byte[] second;
  private final int lane;

  /** For each lane of the client, whether its file has its second name; outlives the lane. */
  private final boolean[] renamed;

  RenameLane(Slot slot, Handle directory, int client, int lane, boolean[] renamed) {
    super(slot);
    this.directory = directory;
    this.lane = lane;
    this.renamed = renamed;
    first = NfsFiles.name(name(client, lane, false));
    second = NfsFiles.name(name(client, lane, true));
  }

  static String name(int client, int lane, boolean second) {
    return (second ? "fro-" : "to-") + client + "-" + lane;
  }

  @Override
  protected boolean start() {
    slot.call(this);
    return true;
  }

  @Override
  public void encode(CompoundWriter out) {
    out.putHandle(directory);
    out.saveHandle();
    out.rename(renamed[lane] ? second : first, renamed[lane] ? first : second);
  }

  @Override
  public void replied(CompoundReply reply) {
    if (!reply.isOk()) {
      refused(reply);
      return;
    }
    reply.putHandle();
    reply.saveHandle();
    reply.rename();
    reply.end();
    renamed[lane] = !renamed[lane];
    done(0, 0);
  }

  @Override
  public boolean keptForRetry() {
    return true;
  }
}
