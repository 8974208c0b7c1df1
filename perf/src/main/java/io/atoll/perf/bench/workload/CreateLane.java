package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenStateid;
import io.atoll.perf.bench.client.Slot;

/**
 * Makes empty files as Linux does: OPEN with the attributes that it wants, then CLOSE; on demand
 * removes each again, as an operation of its own.
 */
final class CreateLane extends Lane {
  private static final int CREATE = 0;
  private static final int REMOVE = 1;

  private final Handle directory;
  private final String prefix;
  private final byte[] owner;
  private final boolean removes;
  private final OpenStateid stateid = new OpenStateid();
  private final Exchange open = new Open();
  private final Exchange close = new Close();
  private final Exchange remove = new Remove();
  private Handle file;
  private byte[] name;
  private int count;
  private boolean made;

  CreateLane(Slot slot, Handle directory, String prefix, boolean removes) {
    super(slot);
    this.directory = directory;
    this.prefix = prefix;
    this.removes = removes;
    owner = NfsFiles.name(prefix);
  }

  @Override
  protected boolean start() {
    if (removes && made) {
      kind(REMOVE);
      slot.call(remove);
    } else {
      kind(CREATE);
      name = NfsFiles.name(prefix + count++);
      slot.call(open);
    }
    return true;
  }

  private final class Open implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(directory);
      out.create(owner, name, true);
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
      file = reply.getHandle();
      reply.getAttributes();
      reply.end();
      slot.call(close);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Close implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(file);
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
      made = true;
      done(0, 0);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Remove implements Exchange {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(directory);
      out.remove(name);
    }

    @Override
    public void replied(CompoundReply reply) {
      made = false;
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
}
