package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenStateid;
import io.atoll.perf.bench.client.Slot;

/** Opens a small file anywhere in the tree, reads it and closes it, as Linux does. */
final class SmallReadLane extends Lane {
  private final SmallTree tree;
  private final LoadSettings settings;
  private final SeededRandom random;
  private final int maxDataBytes;
  private final int client;
  private final byte[] owner;
  private final OpenStateid stateid = new OpenStateid();
  private final Exchange open = new Open();
  private final Exchange read = new Read();
  private final Exchange close = new Close();
  private Handle handle;
  private int file;
  private int sizeBytes;
  private int offsetBytes;

  SmallReadLane(Slot slot, Fleet fleet, SmallTree tree, int client, int lane, SeededRandom random) {
    super(slot);
    this.tree = tree;
    this.client = client;
    settings = fleet.settings();
    this.random = random;
    maxDataBytes = fleet.maxDataBytes();
    owner = NfsFiles.name("lane-" + lane);
  }

  @Override
  protected boolean start() {
    file = random.below(settings.files());
    sizeBytes = tree.sizeBytes(file);
    offsetBytes = 0;
    slot.call(open);
    return true;
  }

  private int nextBytes() {
    return Math.min(maxDataBytes, sizeBytes - offsetBytes);
  }

  private final class Open implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(tree.directoryOf(file));
      out.open(owner, NfsFiles.name(SmallTree.name(file)), false);
      out.getHandle();
      out.getAttributes(MetadataWorkload.LINUX_ATTRIBUTES);
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.open(stateid);
      handle = reply.getHandle();
      reply.getAttributes();
      reply.end();
      slot.call(sizeBytes == 0 ? close : read);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Read implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle);
      out.read(stateid, offsetBytes, nextBytes());
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
      if (reply.dataBytes() != nextBytes()) {
        refused("READ gave fewer bytes than there are");
        return;
      }
      tree.check(client, file, offsetBytes, reply.data(), reply.dataIndex(), reply.dataBytes());
      offsetBytes += reply.dataBytes();
      slot.call(offsetBytes < sizeBytes ? read : close);
    }
  }

  private final class Close implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle);
      out.close(stateid);
    }

    @Override
    public void replied(CompoundReply reply) {
      if (!reply.isOk()) {
        refused(reply);
        return;
      }
      reply.putHandle();
      reply.close();
      reply.end();
      done(sizeBytes, 0);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }
}
