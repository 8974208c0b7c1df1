package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.Slot;
import io.netty.buffer.ByteBuf;

/** Lists directories page by page, each page an operation; begins anew at the end. */
final class ReadDirectoryLane extends Lane implements Exchange, CompoundReply.EntryVisitor {
  private static final int PAGE_BYTES = 32 << 10;

  private final Entries entries;
  private final SeededRandom random;
  private Handle directory;
  private long cookie;
  private long verifier;
  private int found;

  ReadDirectoryLane(Slot slot, Entries entries, SeededRandom random) {
    super(slot);
    this.entries = entries;
    this.random = random;
  }

  @Override
  protected boolean start() {
    if (cookie == 0) {
      directory = entries.directory(random.below(entries.directories()));
      verifier = 0;
    }
    slot.call(this);
    return true;
  }

  @Override
  public void encode(CompoundWriter out) {
    out.putHandle(directory);
    out.readDirectory(cookie, verifier, PAGE_BYTES, MetadataWorkload.LINUX_ATTRIBUTES);
  }

  @Override
  public void entry(long at, ByteBuf buffer, int index, int lengthBytes) {
    cookie = at;
    found++;
  }

  @Override
  public void replied(CompoundReply reply) {
    if (!reply.isOk()) {
      cookie = 0;
      refused(reply);
      return;
    }
    reply.putHandle();
    found = 0;
    verifier = reply.readDirectory(this);
    reply.end();
    if (reply.isAtEnd() || found == 0) {
      cookie = 0;
    }
    done(0, found);
  }
}
