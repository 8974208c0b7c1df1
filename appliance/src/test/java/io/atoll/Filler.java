package io.atoll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongToIntFunction;

/** Fills a file system with files until it is full, and empties it again. For one thread. */
final class Filler {
  private static final int BATCH = 1000;
  private static final int MAX_BATCHES = 10_000;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ScaleStore store;
  private final LongToIntFunction bytes;
  private final FileHandle directory;
  private long names;
  private boolean full;

  /**
   * @param bytes of each file by its number, at most 1 MiB
   */
  Filler(ScaleStore store, LongToIntFunction bytes) throws Exception {
    this.store = store;
    this.bytes = bytes;
    directory =
        store
            .<CreateResult>one((call, end) ->
                store
                    .fs()
                    .create(call, store.fs().root(), name(-1), request(FileType.DIRECTORY), end))
            .attributes()
            .handle();
  }

  /** Makes files until one finds no space; how many names were tried. */
  long fill() throws Exception {
    full = false;
    names = 0;
    for (int batch = 0; batch < MAX_BATCHES && !full; batch++) {
      store.many(BATCH, (ignored, call, end) -> next(call, end));
    }
    assertTrue(full, "never full");
    return names;
  }

  /** Writes over those files that are not larger than so many bytes, as far as that finds space. */
  void overwrite(int mostBytes) throws Exception {
    store.many(
        names,
        (number, call, end) -> {
          if (bytes.applyAsInt(number) <= mostBytes) {
            lookup(call, number, end);
          } else {
            end.accept(FsStatus.OK);
          }
        });
  }

  /** Removes all. */
  void empty() throws Exception {
    store.many(
        names,
        (number, call, end) ->
            store
                .fs()
                .remove(
                    call, directory, name(number), (status, change) -> end.accept(known(status))));
  }

  /** What there is but for the root and the directory that is filled. */
  long objects() throws Exception {
    FsStatistics facts = store.one((call, end) -> store.fs().statistics(call, end));
    return facts.totalFiles() - facts.freeFiles() - 2;
  }

  /** What {@code df} shows as free. */
  long freeBytes() throws Exception {
    return store.<FsStatistics>one((call, end) -> store.fs().statistics(call, end)).freeBytes();
  }

  private void next(FsCall call, Consumer<FsStatus> end) {
    if (full) {
      end.accept(FsStatus.OK);
    } else {
      create(call, names++, end);
    }
  }

  private void create(FsCall call, long number, Consumer<FsStatus> end) {
    store
        .fs()
        .create(
            call,
            directory,
            name(number),
            request(FileType.REGULAR),
            (status, result) -> {
              if (status == FsStatus.OK) {
                write(call, result.attributes().handle(), number, end);
              } else if (status == FsStatus.DELAY) {
                store.loop().schedule(RETRY_NANOS, () -> create(call, number, end));
              } else {
                ended(status, end);
              }
            });
  }

  private void lookup(FsCall call, long number, Consumer<FsStatus> end) {
    store
        .fs()
        .lookup(
            call,
            directory,
            name(number),
            (status, attributes) -> {
              if (status == FsStatus.OK) {
                write(call, attributes.handle(), number, end);
              } else {
                end.accept(known(status));
              }
            });
  }

  private void write(FsCall call, FileHandle file, long number, Consumer<FsStatus> end) {
    int length = bytes.applyAsInt(number);
    ByteBuf data = store.buffer(length);
    if (data == null) {
      store.loop().schedule(RETRY_NANOS, () -> write(call, file, number, end));
      return;
    }
    byte[] content = new byte[length];
    new Random(number).nextBytes(content);
    data.clear().writeBytes(content);
    store
        .fs()
        .write(
            call,
            file,
            true,
            0,
            data,
            Stability.FILE_SYNC,
            (status, result) -> {
              if (status == FsStatus.DELAY) {
                store.loop().schedule(RETRY_NANOS, () -> write(call, file, number, end));
              } else {
                ended(status, end);
              }
            });
  }

  private void ended(FsStatus status, Consumer<FsStatus> end) {
    full |= status == FsStatus.NO_SPACE;
    end.accept(status == FsStatus.NO_SPACE ? FsStatus.OK : status);
  }

  /** The last names did not fit. */
  private static FsStatus known(FsStatus status) {
    return status == FsStatus.NOT_FOUND ? FsStatus.OK : status;
  }

  private static CreateRequest request(FileType type) {
    return new CreateRequest(type, Disposition.GUARDED, new AttributeChanges(), 0, null, 0, 0);
  }

  private static byte[] name(long number) {
    return ("f" + number).getBytes(StandardCharsets.UTF_8);
  }
}
