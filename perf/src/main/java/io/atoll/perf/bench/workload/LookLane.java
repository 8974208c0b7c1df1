package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Slot;

/** Asks for the attributes of files anywhere, by handle or by name. */
final class LookLane extends Lane implements Exchange {
  private final Entries entries;
  private final SeededRandom random;
  private final boolean byName;
  private int file;

  LookLane(Slot slot, Entries entries, SeededRandom random, boolean byName) {
    super(slot);
    this.entries = entries;
    this.random = random;
    this.byName = byName;
  }

  @Override
  protected boolean start() {
    file = random.below(entries.count());
    slot.call(this);
    return true;
  }

  @Override
  public void encode(CompoundWriter out) {
    if (byName) {
      out.putHandle(entries.directoryOf(file));
      out.lookup(NfsFiles.name(Entries.name(file)));
      out.getHandle();
    } else {
      out.putHandle(entries.file(file));
    }
    out.getAttributes(MetadataWorkload.LINUX_ATTRIBUTES);
  }

  @Override
  public void replied(CompoundReply reply) {
    if (!reply.isOk()) {
      refused(reply);
      return;
    }
    reply.putHandle();
    if (byName) {
      reply.lookup();
      reply.skipHandle();
    }
    reply.getAttributes();
    reply.end();
    done(0, 0);
  }
}
