package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Slot;

/** Makes empty files; on demand removes each again, as an operation of its own. */
final class CreateLane extends OpenedFileLane {
  private static final int CREATE = 0;
  private static final int REMOVE = 1;

  private final Handle directory;
  private final String prefix;
  private final boolean removes;
  private final Step remove = new Remove();
  private String name;
  private int count;
  private boolean made;

  CreateLane(Slot slot, Handle directory, String prefix, boolean removes) {
    super(slot, prefix);
    this.directory = directory;
    this.prefix = prefix;
    this.removes = removes;
  }

  @Override
  protected boolean start() {
    if (removes && made) {
      kind(REMOVE);
      made = false;
      slot.call(remove);
    } else {
      kind(CREATE);
      name = prefix + count++;
      createFile(directory, name);
    }
    return true;
  }

  @Override
  protected void opened() {
    closeFile();
  }

  @Override
  protected void closed() {
    made = true;
    done(0, 0);
  }

  private final class Remove extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(directory);
      out.remove(NfsFiles.name(name));
    }

    @Override
    protected void succeeded(CompoundReply reply) {
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
