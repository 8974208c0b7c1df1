package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.OpenFile;
import io.atoll.perf.bench.client.Stability;
import io.atoll.perf.bench.workload.BlockFiles.DataFile;
import io.netty.buffer.ByteBuf;

/**
 * Reads and writes blocks; allocates nothing while it does. What the server took as unstable is
 * committed now and then, and written again if the server has lost it.
 */
final class BlockLane extends Lane {
  private static final int PERCENT = 100;

  private final BlockFiles files;
  private final LoadSettings settings;
  private final int client;
  private final BlockChoice choice;
  private final SeededRandom random;
  private final int readPercent;
  private final boolean commits;
  private final PayloadSource payloads;
  private final BlockStamp stamp = new BlockStamp();
  private final Step read = new Read();
  private final Step write = new Write();
  private final Step commit = new Commit();

  /** What a verified write carries; made with the first one. */
  private ByteBuf stamped;

  private OpenFile open;
  private DataFile file;
  private UncommittedBlocks uncommitted;
  private int block;
  private long offsetBytes;
  private int oldest;
  private int losses;

  BlockLane(
      Fleet fleet,
      BlockFiles files,
      int client,
      int lane,
      BlockChoice choice,
      SeededRandom random,
      int readPercent) {
    super(fleet.client(client).slots().get(lane));
    this.files = files;
    this.client = client;
    this.choice = choice;
    this.random = random;
    this.readPercent = readPercent;
    settings = fleet.settings();
    commits = settings.stability() == Stability.UNSTABLE;
    payloads = fleet.payloadsOf(client);
  }

  @Override
  protected boolean start() {
    if (commits && isCommitDue() && uncommitted.beginCommit()) {
      kind(BlockWorkload.COMMIT);
      slot.call(commit);
      return true;
    }
    if (commits && chooseLost()) {
      kind(BlockWorkload.WRITE);
      slot.call(write);
      return true;
    }
    boolean reads =
        readPercent == PERCENT || (readPercent > 0 && random.below(PERCENT) < readPercent);
    choose();
    if (reads) {
      kind(BlockWorkload.READ);
      losses = file.ledger().losses();
      oldest = oldest();
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

  /**
   * Until a COMMIT a server may fall back to what it had before, and a READ may show that sooner
   * than a verifier tells it.
   */
  private int oldest() {
    int known = file.ledger().oldest(block);
    return commits ? Math.min(known, 1) : known;
  }

  private boolean isCommitDue() {
    return settings.commitEvery() > 0
        && uncommitted != null
        && uncommitted.writes() >= settings.commitEvery();
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
    take(choice.fileIndex(), choice.block());
  }

  private void take(int fileIndex, int number) {
    file = files.file(client, fileIndex);
    open = files.open(client, fileIndex);
    uncommitted = files.uncommitted(client, fileIndex);
    block = number;
    offsetBytes = (long) block * settings.blockBytes();
  }

  /** Takes a block that the server has lost, if there is one that nobody is writing anyway. */
  private boolean chooseLost() {
    for (int i = 0; i < files.count(client); i++) {
      UncommittedBlocks each = files.uncommitted(client, i);
      while (each.hasLost()) {
        int lost = each.takeLost();
        if (files.file(client, i).ledger().tryClaim(lost)) {
          take(i, lost);
          return true;
        }
      }
    }
    return false;
  }

  private final class Read extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(open.handle());
      out.read(open.stateid(), offsetBytes, settings.blockBytes());
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.read();
      reply.end();
      if (settings.verify() && file.ledger().losses() == losses) {
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

  private final class Write extends Step {
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
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.write(settings.stability());
      reply.end();
      if (reply.writtenBytes() != settings.blockBytes()) {
        file.ledger().abandoned(block);
        refused("WRITE took fewer bytes than were given");
        return;
      }
      file.ledger().written(block);
      if (commits) {
        uncommitted.written(block, reply.committed(), reply.verifier());
      }
      done(settings.blockBytes(), 0);
    }

    @Override
    protected void failed() {
      file.ledger().abandoned(block);
    }
  }

  private final class Commit extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(open.handle());
      out.commit();
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.commit();
      reply.end();
      uncommitted.committed(reply.verifier());
      done(0, 0);
    }

    @Override
    protected void failed() {
      uncommitted.commitRefused();
    }
  }
}
