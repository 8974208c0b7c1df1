package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.CompoundWriter;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Stability;
import io.atoll.perf.bench.client.UnstableWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes small files, writes and closes them, and makes a directory when the last one has as many
 * files as the shape says, as who unpacks an archive does. What was written unstable is committed
 * before the close, and written again if the server has lost it.
 */
final class SmallWriteLane extends OpenedFileLane {
  static final int FILE = 0;
  static final int DIRECTORY = 1;

  /** A server that loses all that it is given more often than that is refused. */
  private static final int ATTEMPTS_MAX = 3;

  /** A file that was acknowledged. */
  record Written(Handle directory, long file) {}

  private final SmallTree tree;
  private final LoadSettings settings;
  private final LostWrites losses;
  private final int maxDataBytes;
  private final int client;
  private final String rootName;
  private final Handle root;
  private final AtomicLong next;
  private final Step makeDirectory = new MakeDirectory();
  private final Step write = new Write();
  private final Step commit = new Commit();
  private final UnstableWrites unstable = new UnstableWrites();
  private final List<Handle> directories = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private int filesInDirectory;
  private long file;
  private int sizeBytes;
  private int offsetBytes;
  private int attempts;

  /**
   * @param next the number of the next file, of all lanes
   */
  SmallWriteLane(Fleet fleet, SmallTree tree, int round, int client, int lane, AtomicLong next) {
    super(fleet.client(client).slots().get(lane), "lane-" + lane);
    this.tree = tree;
    this.client = client;
    this.next = next;
    root = fleet.directory();
    rootName = "tree-" + round + "-" + client + "-" + lane;
    settings = fleet.settings();
    losses = fleet.losses();
    maxDataBytes = fleet.maxDataBytes();
  }

  int client() {
    return client;
  }

  /** The files that are acknowledged, if they are to be verified. */
  List<Written> written() {
    return written;
  }

  @Override
  protected boolean start() {
    if (directories.isEmpty() || filesInDirectory == settings.shape().filesPerDirectory()) {
      kind(DIRECTORY);
      slot.call(makeDirectory);
      return true;
    }
    kind(FILE);
    file = next.getAndIncrement();
    sizeBytes = tree.sizeBytes(file);
    offsetBytes = 0;
    attempts = 1;
    createFile(directories.getLast(), SmallTree.name(file));
    return true;
  }

  @Override
  protected void opened() {
    proceed();
  }

  private void proceed() {
    if (offsetBytes < sizeBytes) {
      slot.call(write);
    } else if (unstable.isPending()) {
      slot.call(commit);
    } else {
      closeFile();
    }
  }

  /** The server has lost what it had not committed. */
  private void again() {
    unstable.forget();
    losses.addUncounted(offsetBytes == 0 ? 1 : (offsetBytes + maxDataBytes - 1) / maxDataBytes);
    offsetBytes = 0;
    if (++attempts > ATTEMPTS_MAX) {
      refused("the write verifier changed " + ATTEMPTS_MAX + " times for one file");
    } else {
      proceed();
    }
  }

  @Override
  protected void closed() {
    filesInDirectory++;
    if (settings.verify()) {
      written.add(new Written(directories.getLast(), file));
    }
    done(sizeBytes, 0);
  }

  private int nextBytes() {
    return Math.min(maxDataBytes, sizeBytes - offsetBytes);
  }

  private final class MakeDirectory extends Step {
    @Override
    public void encode(CompoundWriter out) {
      int number = directories.size();
      out.putHandle(number == 0 ? root : directories.get(SmallTree.parentOf(number)));
      out.createDirectory(NfsFiles.name(number == 0 ? rootName : "dir-" + number));
      out.getHandle();
      out.getAttributes(MetadataWorkload.LINUX_ATTRIBUTES);
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.createDirectory();
      directories.add(reply.getHandle());
      reply.getAttributes();
      reply.end();
      filesInDirectory = 0;
      done(0, 0);
    }

    @Override
    public boolean keptForRetry() {
      return true;
    }
  }

  private final class Write extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle());
      out.write(
          stateid(),
          offsetBytes,
          settings.stability(),
          tree.content(client, file, offsetBytes, nextBytes()));
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.write(settings.stability());
      reply.end();
      if (reply.writtenBytes() != nextBytes()) {
        refused("WRITE took fewer bytes than were given");
        return;
      }
      if (settings.stability() == Stability.UNSTABLE
          && unstable.lostBy(reply.committed(), reply.verifier())) {
        again();
        return;
      }
      offsetBytes += reply.writtenBytes();
      proceed();
    }
  }

  private final class Commit extends Step {
    @Override
    public void encode(CompoundWriter out) {
      out.putHandle(handle());
      out.commit();
    }

    @Override
    protected void succeeded(CompoundReply reply) {
      reply.putHandle();
      reply.commit();
      reply.end();
      if (unstable.isCommittedBy(reply.verifier())) {
        unstable.forget();
        closeFile();
      } else {
        again();
      }
    }
  }
}
