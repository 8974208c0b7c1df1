package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Files and directories by futures, for what comes before and after a measurement. */
public final class NfsFiles {
  /** What READDIR asks for where names are enough. */
  private static final Bitmap4 NAMES_ONLY = Bitmap4.of(Attribute.FILEID);

  private static final int LIST_BYTES = 32 << 10;
  private static final byte[] OWNER = "preparation".getBytes(StandardCharsets.US_ASCII);

  private final Calls calls;

  NfsFiles(Calls calls) {
    this.calls = calls;
  }

  /** A name's bytes on the wire. */
  public static byte[] name(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The directory at {@code path} below the server's root. */
  public CompletableFuture<Handle> lookup(List<String> path) {
    CompletableFuture<Handle> found =
        calls.call(
            "looking up /",
            false,
            out -> {
              out.putRootHandle();
              out.getHandle();
            },
            reply -> {
              reply.putRootHandle();
              return reply.getHandle();
            });
    for (String name : path) {
      found = found.thenCompose(directory -> lookup(directory, name));
    }
    return found;
  }

  public CompletableFuture<Handle> lookup(Handle directory, String name) {
    return calls.call(
        "looking up '" + name + "'",
        false,
        out -> {
          out.putHandle(directory);
          out.lookup(name(name));
          out.getHandle();
        },
        reply -> {
          reply.putHandle();
          reply.lookup();
          return reply.getHandle();
        });
  }

  public CompletableFuture<Handle> makeDirectory(Handle parent, String name) {
    return calls.call(
        "making the directory '" + name + "'",
        true,
        out -> {
          out.putHandle(parent);
          out.createDirectory(name(name));
          out.getHandle();
        },
        reply -> {
          reply.putHandle();
          reply.createDirectory();
          return reply.getHandle();
        });
  }

  /** Makes a file that must not be there, and opens it. */
  public CompletableFuture<OpenFile> create(Handle directory, String name) {
    return open("making '" + name + "'", directory, out -> out.create(OWNER, name(name), true));
  }

  /** Opens a file for reading and writing. */
  public CompletableFuture<OpenFile> open(Handle directory, String name) {
    return open("opening '" + name + "'", directory, out -> out.open(OWNER, name(name), true));
  }

  private CompletableFuture<OpenFile> open(
      String step, Handle directory, Consumer<CompoundWriter> open) {
    return calls.call(
        step,
        true,
        out -> {
          out.putHandle(directory);
          open.accept(out);
          out.getHandle();
        },
        reply -> {
          reply.putHandle();
          OpenStateid stateid = new OpenStateid();
          reply.open(stateid);
          return new OpenFile(reply.getHandle(), stateid);
        });
  }

  public CompletableFuture<Void> close(OpenFile file) {
    return calls.call(
        "closing a file",
        true,
        out -> {
          out.putHandle(file.handle());
          out.close(file.stateid());
        },
        reply -> {
          reply.putHandle();
          reply.close();
          return null;
        });
  }

  /** What a WRITE came to: how durable it is, and under which verifier. */
  public record Taken(Stability committed, long verifier) {}

  /**
   * Writes all of {@code data}, one reference of which it takes over.
   *
   * @return fails if the server takes less
   */
  public CompletableFuture<Taken> write(
      OpenFile file, long offsetBytes, Stability stability, ByteBuf data) {
    int length = data.readableBytes();
    return calls
        .call(
            "writing a file",
            true,
            out -> {
              out.putHandle(file.handle());
              out.write(file.stateid(), offsetBytes, stability, data.retainedSlice());
            },
            reply -> {
              reply.putHandle();
              reply.write(stability);
              requireWhole(reply.writtenBytes(), length);
              return new Taken(reply.committed(), reply.verifier());
            })
        .whenComplete((taken, failure) -> data.release());
  }

  private static void requireWhole(int writtenBytes, int wantedBytes) {
    if (writtenBytes != wantedBytes) {
      throw new NfsFailure(
          NfsFailure.Kind.REFUSED,
          "WRITE: the server took " + writtenBytes + " of " + wantedBytes + " bytes");
    }
  }

  /** Is shown what a READ gave: {@code lengthBytes} of {@code data} from {@code index} on. */
  public interface DataVisitor {
    void data(ByteBuf data, int index, int lengthBytes);
  }

  public CompletableFuture<Void> read(
      OpenFile file, long offsetBytes, int countBytes, DataVisitor visitor) {
    return calls.call(
        "reading a file",
        false,
        out -> {
          out.putHandle(file.handle());
          out.read(file.stateid(), offsetBytes, countBytes);
        },
        reply -> {
          reply.putHandle();
          reply.read();
          reply.end();
          visitor.data(reply.data(), reply.dataIndex(), reply.dataBytes());
          return null;
        });
  }

  /** Has the whole file made durable, and gives the verifier of what is. */
  public CompletableFuture<Long> commit(OpenFile file) {
    return calls.call(
        "committing a file",
        false,
        out -> {
          out.putHandle(file.handle());
          out.commit();
        },
        reply -> {
          reply.putHandle();
          reply.commit();
          return reply.verifier();
        });
  }

  /** Removes a file or an empty directory. */
  public CompletableFuture<Void> remove(Handle directory, String name) {
    return calls.call(
        "removing '" + name + "'",
        true,
        out -> {
          out.putHandle(directory);
          out.remove(name(name));
        },
        reply -> {
          reply.putHandle();
          reply.remove();
          return null;
        });
  }

  /** All names in a directory. */
  public CompletableFuture<List<String>> list(Handle directory) {
    return listFrom(directory, 0, 0, new ArrayList<>());
  }

  private record Page(long cookie, long verifier, boolean last) {}

  private CompletableFuture<List<String>> listFrom(
      Handle directory, long cookie, long verifier, List<String> names) {
    return calls
        .call(
            "listing a directory",
            false,
            out -> {
              out.putHandle(directory);
              out.readDirectory(cookie, verifier, LIST_BYTES, NAMES_ONLY);
            },
            reply -> {
              reply.putHandle();
              long[] last = {cookie};
              long given =
                  reply.readDirectory((at, buffer, index, length) -> {
                    last[0] = at;
                    names.add(buffer.toString(index, length, StandardCharsets.UTF_8));
                  });
              return new Page(last[0], given, reply.isAtEnd() || last[0] == cookie);
            })
        .thenCompose(page ->
            page.last()
                ? CompletableFuture.completedFuture(names)
                : listFrom(directory, page.cookie(), page.verifier(), names));
  }

  /** Removes {@code name} and all below it. */
  public CompletableFuture<Void> removeTree(Handle parent, String name, int width) {
    return lookup(parent, name)
        .thenCompose(directory ->
            list(directory)
                .thenCompose(names ->
                    inParallel(
                        names.size(), width, i -> removeAny(directory, names.get(i), width))))
        .thenCompose(emptied -> remove(parent, name));
  }

  private CompletableFuture<Void> removeAny(Handle directory, String name, int width) {
    return remove(directory, name)
        .exceptionallyCompose(failure ->
            isNotEmpty(failure)
                ? removeTree(directory, name, width)
                : CompletableFuture.failedFuture(failure));
  }

  private static boolean isNotEmpty(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StatusException refused
        && (refused.status() == Nfs4Status.NOTEMPTY.code()
            || refused.status() == Nfs4Status.EXIST.code());
  }

  /** Runs {@code step} for 0 to {@code count} − 1, {@code width} at a time. */
  public static CompletableFuture<Void> inParallel(
      int count, int width, IntFunction<? extends CompletionStage<?>> step) {
    return ParallelSteps.run(count, width, step);
  }
}
