package io.atoll;

import io.atoll.fs.FileHandle;
import io.netty.util.internal.PlatformDependent;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Makes large things in a data directory, as a process of its own that can be looked at from
 * outside and killed. Says what it has done, line by line; {@link #READY} is the last one before it
 * goes on changing what nobody asks for, until it is killed.
 */
final class ScaleProgram {
  static final String READY = "ready";

  /** Before the bytes that the process may take at most. */
  static final String BOUND = "bound ";

  private static final int SMALL_ENTRIES = 1000;
  private static final long SMALL_FILE_BYTES = 10L << 20;

  /** The largest growth of what is counted, for work whose objects are in memory. */
  private static final double MAX_GROWTH = 1.5;

  /** What counts as nothing: a read for every tenth operation, and some bytes of heap. */
  private static final double READS_SLACK = 0.1;

  private static final double HEAP_SLACK_BYTES = 512;

  private final ScaleStore store;
  private final ScaleSizes sizes;
  private final ScaleShapes shapes;
  private final PrintStream out;

  private ScaleProgram(ScaleStore store, ScaleSizes sizes, PrintStream out) {
    this.store = store;
    this.sizes = sizes;
    this.out = out;
    shapes = new ScaleShapes(store, sizes);
  }

  /**
   * @param arguments the data directory, what to divide the sizes by, and how many files
   */
  public static void main(String[] arguments) {
    ScaleSizes sizes =
        ScaleSizes.WHOLE
            .dividedBy(Integer.parseInt(arguments[1]))
            .withFiles(Integer.parseInt(arguments[2]));
    try {
      new ScaleProgram(new ScaleStore(Path.of(arguments[0])), sizes, System.out).run();
    } catch (Throwable failure) {
      failure.printStackTrace(System.out);
      Runtime.getRuntime().halt(1);
    }
  }

  private void run() throws Exception {
    out.println(BOUND + MemoryBounds.ofThisProcess(1, ScaleStore.CACHE_BYTES).totalBytes());
    ScaleCosts.Place small = makeSmall();
    step("a directory of " + sizes.directoryEntries(), shapes::makeLargeDirectory);
    step("reading it while it shrinks", shapes::readLargeDirectoryWhileItShrinks);
    step(sizes.files() + " files", shapes::makeFiles);
    step(sizes.openFiles() + " files held, half of them removed", shapes::holdFiles);
    step("a sparse file of " + sizes.sparseBytes() + " bytes", shapes::makeSparseFile);
    step("a file of " + sizes.randomBytes() + " bytes at random", shapes::makeRandomFile);
    step("a path of " + sizes.depth() + " names", shapes::makeDeepPath);
    checkAll(shapes);
    checkUsed(store, shapes);
    compare(small);
    out.println(READY);
    shapes.churn(() -> out.println("churned"));
  }

  static void checkAll(ScaleShapes shapes) throws Exception {
    shapes.checkLargeDirectory();
    shapes.checkFiles();
    shapes.checkSparseFile();
    shapes.checkRandomFile();
    shapes.checkDeepPath();
  }

  /** What {@code df} says is what the files have, to the byte, when what was removed is freed. */
  static void checkUsed(ScaleStore store, ScaleShapes shapes) throws Exception {
    long expected = shapes.contentBytes() + SMALL_FILE_BYTES;
    ScaleTest.await(
        () -> store.usedBytes() == expected,
        () -> "df shows " + store.usedBytes() + " bytes used, the files have " + expected);
  }

  private ScaleCosts.Place makeSmall() throws Exception {
    FileHandle directory = shapes.makeDirectory(store.fs().root(), "small");
    store.many(
        SMALL_ENTRIES,
        (i, call, end) ->
            shapes.create(call, directory, ScaleShapes.entryName(i), made -> {}, end));
    FileHandle file = shapes.makeFile(store.fs().root(), "little");
    store.many(
        SMALL_FILE_BYTES / ScaleShapes.BLOCK_BYTES,
        (i, call, end) ->
            shapes.write(
                call,
                file,
                i * ScaleShapes.BLOCK_BYTES,
                ScaleShapes.content(i, ScaleShapes.BLOCK_BYTES),
                end));
    return new ScaleCosts.Place(
        directory,
        SMALL_ENTRIES - 2,
        file,
        SMALL_FILE_BYTES,
        block -> ScaleShapes.content(block, ScaleShapes.BLOCK_BYTES));
  }

  private void compare(ScaleCosts.Place small) throws Exception {
    ScaleCosts.Place large =
        new ScaleCosts.Place(
            shapes.find("large"),
            sizes.directoryEntries() - 2,
            shapes.find("random"),
            sizes.randomBytes(),
            shapes::randomFileContent);
    List<ScaleCosts.Row> rows = new ScaleCosts(store, shapes).compare(small, large);
    out.println(ScaleCosts.Row.head());
    rows.forEach(row -> out.println(row.markdown()));
    for (ScaleCosts.Row row : rows) {
      if (row.cached()) {
        check(
            row.name(),
            "index reads",
            row.small().indexReads(),
            row.large().indexReads(),
            READS_SLACK);
        check(
            row.name(),
            "disk reads",
            row.small().diskReads(),
            row.large().diskReads(),
            READS_SLACK);
        check(
            row.name(),
            "heap bytes",
            row.small().heapBytes(),
            row.large().heapBytes(),
            HEAP_SLACK_BYTES);
      }
    }
  }

  private static void check(String name, String what, double small, double large, double slack) {
    ScaleShapes.check(
        large <= small * MAX_GROWTH + slack,
        name + ": " + what + " grow from " + small + " to " + large);
  }

  private void step(String name, Step step) throws Exception {
    long start = System.nanoTime();
    long written = KernelFigures.bytesWritten();
    long zeros = store.bytesPreWritten();
    step.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    out.printf(
        Locale.ROOT,
        "%s: %.1f s; heap in use %d MiB, Netty's direct %d MiB, index reads %d, flushes %d, written"
            + " %d MiB, of them %d MiB of zeros ahead of use%n",
        name,
        seconds,
        heap >> 20,
        PlatformDependent.usedDirectMemory() >> 20,
        store.indexReads(),
        store.indexFlushes(),
        (KernelFigures.bytesWritten() - written) >> 20,
        (store.bytesPreWritten() - zeros) >> 20);
  }

  private interface Step {
    void run() throws Exception;
  }
}
