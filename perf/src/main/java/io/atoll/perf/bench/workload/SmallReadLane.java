package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;

/** Opens a small file anywhere in the tree, reads it and closes it. */
final class SmallReadLane extends OpenedFileLane {
  private final SmallTree tree;
  private final int files;
  private final SeededRandom random;
  private final int maxDataBytes;
  private final int client;
  private final Step read = new Read();
  private int file;
  private int sizeBytes;
  private int offsetBytes;

  SmallReadLane(Fleet fleet, SmallTree tree, int client, int lane, SeededRandom random) {
    super(fleet.client(client).slots().get(lane), "lane-" + lane);
    this.tree = tree;
    this.client = client;
    this.random = random;
    files = fleet.settings().files();
    maxDataBytes = fleet.maxDataBytes();
  }

  @Override
  protected boolean start() {
    file = random.below(files);
    sizeBytes = tree.sizeBytes(file);
    offsetBytes = 0;
    openFile(tree.directoryOf(file), SmallTree.name(file));
    return true;
  }

  @Override
  protected void opened() {
    proceed();
  }

  private void proceed() {
    if (offsetBytes < sizeBytes) {
      slot.call(read);
    } else {
      closeFile();
    }
  }

  @Override
  protected void closed() {
    done(sizeBytes, 0);
  }

  private int nextBytes() {
    return Math.min(maxDataBytes, sizeBytes - offsetBytes);
  }

  private final class Read extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle());
      out.read(stateid(), offsetBytes, nextBytes());
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.read();
      reply.end();
      if (reply.dataBytes() != nextBytes()) {
        refused("READ gave fewer bytes than there are");
        return;
      }
      tree.check(client, file, offsetBytes, reply.data(), reply.dataIndex(), reply.dataBytes());
      offsetBytes += reply.dataBytes();
      proceed();
    }
  }
}
