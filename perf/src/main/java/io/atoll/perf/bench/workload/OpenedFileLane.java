package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.OpenStateid;
import io.atoll.perf.bench.client.Slot;

/** A lane whose operations open a file and close it, with the requests that Linux makes for it. */
abstract class OpenedFileLane extends Lane {
  private final byte[] owner;
  private final OpenStateid stateid = new OpenStateid();
  private final Open open = new Open();
  private final Step close = new Close();
  private Handle handle;

  /**
   * @param owner of its opens, which tells it from the client's other lanes
   */
  OpenedFileLane(Slot slot, String owner) {
    super(slot);
    this.owner = NfsFiles.name(owner);
  }

  /** Opens a file that is there, for reading; {@link #opened} follows. */
  protected final void openFile(Handle directory, String name) {
    open.prepare(directory, name, false);
    slot.call(open);
  }

  /** Makes a file and opens it; {@link #opened} follows. */
  protected final void createFile(Handle directory, String name) {
    open.prepare(directory, name, true);
    slot.call(open);
  }

  /** Closes the file; {@link #closed} follows. */
  protected final void closeFile() {
    slot.call(close);
  }

  /** The file that is open. */
  protected final Handle handle() {
    return handle;
  }

  protected final OpenStateid stateid() {
    return stateid;
  }

  /** Goes on with the file. */
  protected abstract void opened();

  /** Ends the operation. */
  protected abstract void closed();

  private final class Open extends Step {
    private Handle directory;
    private byte[] name;
    private boolean creates;

    void prepare(Handle where, String what, boolean isNew) {
      directory = where;
      name = NfsFiles.name(what);
      creates = isNew;
    }

    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(directory);
      if (creates) {
        out.create(owner, name, true);
      } else {
        out.open(owner, name, false);
      }
      out.getHandle();
      out.getAttributes(MetadataWorkload.LINUX_ATTRIBUTES);
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.open(stateid);
      handle = reply.getHandle();
      reply.getAttributes();
      reply.end();
      opened();
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Close extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle);
      out.close(stateid);
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.close();
      reply.end();
      closed();
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }
}
