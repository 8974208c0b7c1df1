package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Slot;
import java.util.concurrent.atomic.AtomicInteger;

/** Removes files that are there, each once; all lanes take from the same ones. */
final class RemoveLane extends Lane implements Exchange {
  private final Entries entries;
  private final AtomicInteger next;
  private int file;

  RemoveLane(Slot slot, Entries entries, AtomicInteger next) {
    super(slot);
    this.entries = entries;
    this.next = next;
  }

  @Override
  protected boolean start() {
    if (next.get() >= entries.count()) {
      return false;
    }
    file = next.getAndIncrement();
    if (file >= entries.count()) {
      return false;
    }
    slot.call(this);
    return true;
  }

  @Override
  public void encode(CompoundWriter out) {
    out.putHandle(entries.directoryOf(file));
    out.remove(NfsFiles.name(Entries.name(file)));
  }

  @Override
  public void replied(CompoundReply reply) {
    if (!reply.isOk()) {
      refused(reply);
      return;
    }
    reply.putHandle();
    reply.remove();
    reply.end();
    done(0, 0);
  }

  @Override
  public boolean keptForRetry() {
    return true;
  }
}
