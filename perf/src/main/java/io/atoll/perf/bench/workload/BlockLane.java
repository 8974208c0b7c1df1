package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.OpenFile;
import io.atoll.perf.bench.workload.BlockFiles.DataFile;
import io.atoll.perf.bench.workload.BlockWorkload.CommitCounter;
import io.netty.buffer.ByteBuf;

/** Reads and writes blocks; allocates nothing while it does. */
final class BlockLane extends Lane {
  private static final int PERCENT = 100;

  private final BlockFiles files;
  private final LoadSettings settings;
  private final int client;
  private final BlockChoice choice;
  private final SeededRandom random;
  private final int readPercent;
  private final CommitCounter commits;
  private final PayloadSource payloads;
  private final BlockStamp stamp = new BlockStamp();
  private final Exchange read = new Read();
  private final Exchange write = new Write();
  private final Exchange commit = new Commit();

  /** What a verified write carries; made with the first one. */
  private ByteBuf stamped;

  private OpenFile open;
  private DataFile file;
  private int block;
  private long offsetBytes;
  private int oldest;

  BlockLane(
      Fleet fleet,
      BlockFiles files,
      int client,
      int lane,
      BlockChoice choice,
      SeededRandom random,
      int readPercent,
      CommitCounter commits) {
    super(fleet.client(client).slots().get(lane));
    this.files = files;
    this.client = client;
    this.choice = choice;
    this.random = random;
    this.readPercent = readPercent;
    this.commits = commits;
    settings = fleet.settings();
    payloads = fleet.payloadsOf(client);
  }

  @Override
  protected boolean start() {
    if (open != null && commits.isDue()) {
      kind(BlockWorkload.COMMIT);
      slot.call(commit);
      return true;
    }
    boolean reads =
        readPercent == PERCENT || (readPercent > 0 && random.below(PERCENT) < readPercent);
    choose();
    if (reads) {
      kind(BlockWorkload.READ);
      oldest = file.ledger().oldest(block);
      slot.call(read);
      return true;
    }
    kind(BlockWorkload.WRITE);
    while (!file.ledger().tryClaim(block)) {
      choose();
    }
    slot.call(write);
    return true;
  }

  @Override
  public void close() {
    if (stamped != null) {
      stamped.release();
      stamped = null;
    }
  }

  private void choose() {
    choice.next();
    file = files.file(client, choice.fileIndex());
    open = files.open(client, choice.fileIndex());
    block = choice.block();
    offsetBytes = (long) block * settings.blockBytes();
  }

  private final class Read implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(open.handle());
      out.read(open.stateid(), offsetBytes, settings.blockBytes());
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.read();
      reply.end();
      if (settings.verify()) {
        files.check(
            stamp,
            file,
            block,
            reply.data(),
            reply.dataIndex(),
            reply.dataBytes(),
            oldest,
            file.ledger().newest(block));
      }
      if (reply.dataBytes() == settings.blockBytes()) {
        done(reply.dataBytes(), 0);
      } else {
        refused("READ gave fewer bytes than there are");
      }
    }
  }

  private final class Write implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(open.handle());
      out.write(open.stateid(), offsetBytes, settings.stability(), payload());
    }

    private ByteBuf payload() {
      if (!settings.verify()) {
        return payloads.slice(settings.blockBytes());
      }
      if (stamped == null) {
        stamped = payloads.copy(settings.blockBytes());
      }
      int generation = file.ledger().claimedGeneration(block);
      stamp.stamp(stamped, 0, settings.blockBytes(), file.id(), offsetBytes, generation);
      return stamped.retainedSlice(0, settings.blockBytes());
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        file.ledger().abandoned(block);
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.write();
      reply.end();
      if (reply.writtenBytes() != settings.blockBytes()) {
        file.ledger().abandoned(block);
        refused("WRITE took fewer bytes than were given");
        return;
      }
      file.ledger().written(block);
      commits.written();
      done(settings.blockBytes(), 0);
    }
  }

  private final class Commit implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(open.handle());
      out.commit();
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.commit();
      reply.end();
      done(0, 0);
    }
  }
}
