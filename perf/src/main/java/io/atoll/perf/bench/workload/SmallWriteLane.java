package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenStateid;
import io.atoll.perf.bench.client.Slot;
import io.atoll.perf.bench.client.Stability;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a small file, writes it and closes it, each step a request as Linux makes them. What was
 * written unstable is committed before the close.
 */
final class SmallWriteLane extends Lane {
  private final SmallTree tree;
  private final LoadSettings settings;
  private final int maxDataBytes;
  private final int client;
  private final AtomicLong next;
  private final byte[] owner;
  private final OpenStateid stateid = new OpenStateid();
  private final Exchange open = new Open();
  private final Exchange write = new Write();
  private final Exchange commit = new Commit();
  private final Exchange close = new Close();
  private long[] written = new long[64];
  private int writtenCount;
  private Handle handle;
  private long file;
  private int sizeBytes;
  private int offsetBytes;

  SmallWriteLane(Slot slot, Fleet fleet, SmallTree tree, int client, int lane, AtomicLong next) {
    super(slot);
    this.tree = tree;
    this.client = client;
    this.next = next;
    settings = fleet.settings();
    maxDataBytes = fleet.maxDataBytes();
    owner = NfsFiles.name("lane-" + lane);
  }

  int client() {
    return client;
  }

  /** The files that are acknowledged, if they are to be verified. */
  long[] written() {
    return Arrays.copyOf(written, writtenCount);
  }

  @Override
  protected boolean start() {
    file = next.getAndIncrement();
    sizeBytes = tree.sizeBytes(file);
    offsetBytes = 0;
    slot.call(open);
    return true;
  }

  private int nextBytes() {
    return Math.min(maxDataBytes, sizeBytes - offsetBytes);
  }

  private void ended() {
    if (settings.verify()) {
      if (writtenCount == written.length) {
        written = Arrays.copyOf(written, 2 * writtenCount);
      }
      written[writtenCount++] = file;
    }
    done(sizeBytes, 0);
  }

  private final class Open implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(tree.directoryOf(file));
      out.create(owner, NfsFiles.name(SmallTree.name(file)), true);
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
      slot.call(sizeBytes == 0 ? close : write);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Write implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle);
      out.write(
          stateid,
          offsetBytes,
          settings.stability(),
          tree.content(client, file, offsetBytes, nextBytes()));
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
      if (reply.writtenBytes() != nextBytes()) {
        refused("WRITE took fewer bytes than were given");
        return;
      }
      offsetBytes += reply.writtenBytes();
      if (offsetBytes < sizeBytes) {
        slot.call(write);
      } else {
        slot.call(settings.stability() == Stability.UNSTABLE ? commit : close);
      }
    }
  }

  private final class Commit implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle);
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
      slot.call(close);
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
      ended();
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }
}
