package io.atoll;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes folders of deleted file systems in the background, one after the other. A file goes from
 * its end, a bounded step at a time, with a rest between: giving a large file back at once would
 * hold up the journal of the disk's own file system, and with it everybody's syncs. What a crash
 * leaves, the next start goes on with. Confined to a loop; workers do the steps.
 */
final class FolderRemover {
  private static final Logger LOG = LoggerFactory.getLogger(FolderRemover.class);

  /** What one step gives back at most. */
  static final long STEP_BYTES = 256L << 20;

  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** After a failure. */
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Loop loop;
  private final Workers workers;
  private final ArrayDeque<Path> folders = new ArrayDeque<>();
  private boolean running;
  private boolean stopped;

  FolderRemover(Loop loop, Workers workers) {
    this.loop = loop;
    this.workers = workers;
  }

  /** Removes {@code folder} when those before it are gone. */
  void remove(Path folder) {
    folders.add(folder);
    if (!running) {
      running = true;
      step();
    }
  }

  /** Begins no further step. */
  void stop() {
    stopped = true;
  }

  private void step() {
    Path folder = folders.peek();
    if (folder == null || stopped) {
      running = false;
      return;
    }
    workers.run(
        loop,
        () -> removeSome(folder),
        (gone, failure) -> {
          if (failure != null) {
            LOG.warn("{} can't be removed now: {}", folder, failure.toString());
            folders.add(folders.remove());
          } else if (gone) {
            LOG.info("removed {}", folder);
            folders.remove();
          }
          loop.schedule(failure == null ? REST_NANOS : RETRY_NANOS, this::step);
        });
  }

  /**
   * One step.
   *
   * @return whether nothing of {@code folder} is left
   */
  static boolean removeSome(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return true;
    }
    Path deepest = folder;
    while (Files.isDirectory(deepest, LinkOption.NOFOLLOW_LINKS)) {
      Path inside = firstIn(deepest);
      if (inside == null) {
        break;
      }
      deepest = inside;
    }
    if (Files.isRegularFile(deepest, LinkOption.NOFOLLOW_LINKS)
        && Files.size(deepest) > STEP_BYTES) {
      try (FileChannel file = FileChannel.open(deepest, StandardOpenOption.WRITE)) {
        file.truncate(file.size() - STEP_BYTES);
      }
      return false;
    }
    Files.delete(deepest);
    return deepest.equals(folder);
  }

  private static Path firstIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findFirst().orElse(null);
    }
  }
}
