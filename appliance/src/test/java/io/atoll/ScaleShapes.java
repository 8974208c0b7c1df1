package io.atoll;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Large things in a file system: made, and looked at again, each by a rule that says what is there,
 * so that nothing has to be remembered.
 */
final class ScaleShapes {
  static final int BLOCK_BYTES = 4096;
  static final int SMALL_BYTES = 100;
  private static final int TWO_BLOCKS_BYTES = 5000;

  /** One file in so many has content in its inode, one has two blocks; the others are empty. */
  private static final int CONTENT_EVERY = 16;

  private static final int SPARSE_WRITES = 1000;
  private static final int SAMPLES = 2000;

  /** Entries of one READDIR: not what the store takes at once. */
  static final int PAGE_ENTRIES = 1000;

  /** Of the large directory's entries, this one of so many is removed while it is read. */
  private static final int REMOVED_EVERY = 3;

  /** One block in so many of the file that is written at random is written again. */
  private static final int OVERWRITTEN_EVERY = 4;

  private final ScaleStore store;
  private final FileSystem fs;
  private final ScaleSizes sizes;

  ScaleShapes(ScaleStore store, ScaleSizes sizes) {
    this.store = store;
    this.sizes = sizes;
    fs = store.fs();
  }

  // --- a directory with many entries ---

  void makeLargeDirectory() throws Exception {
    FileHandle directory = makeDirectory(fs.root(), "large");
    store.many(
        sizes.directoryEntries(),
        (i, call, end) -> create(call, directory, entryName(i), handle -> {}, end));
  }

  static String entryName(long number) {
    return "entry-" + number;
  }

  /**
   * Reads the large directory page by page, and between two pages removes entries that were read
   * and some that were not: each of the others is seen once.
   */
  void readLargeDirectoryWhileItShrinks() throws Exception {
    FileHandle directory = find("large");
    BitSet seen = new BitSet();
    long cookie = 0;
    long removed = 0;
    Page page = new Page(seen, sizes.directoryEntries());
    for (boolean last = false; !last; cookie = page.cookie) {
      last = readPage(directory, cookie, page);
      // As many before the place reached as after it, from both ends of the numbers.
      long upTo = last ? sizes.directoryEntries() : Math.min(2L * page.seenInAll, upToHalf());
      removed = removeEntries(directory, removed, upTo);
    }
    for (int i = seen.nextClearBit(0); i < sizes.directoryEntries(); i = seen.nextClearBit(i + 1)) {
      check(isRemoved(i), "the entry " + entryName(i) + " was there throughout and not seen");
    }
    page.checkOrder();
  }

  private long upToHalf() {
    return sizes.directoryEntries() / 2;
  }

  private long removeEntries(FileHandle directory, long from, long upTo) throws Exception {
    long first = (from + REMOVED_EVERY - 1) / REMOVED_EVERY;
    long end = (upTo + REMOVED_EVERY - 1) / REMOVED_EVERY;
    if (end > first) {
      store.many(
          end - first,
          (i, call, done) -> remove(call, directory, entryName((first + i) * REMOVED_EVERY), done));
    }
    return Math.max(from, upTo);
  }

  private static boolean isRemoved(long entry) {
    return entry % REMOVED_EVERY == 0;
  }

  /** The large directory has what was left of it, and nothing else. */
  void checkLargeDirectory() throws Exception {
    FileHandle directory = find("large");
    BitSet seen = new BitSet();
    Page page = new Page(seen, sizes.directoryEntries());
    for (boolean last = false; !last; ) {
      last = readPage(directory, page.cookie, page);
    }
    page.checkOrder();
    for (int i = 0; i < sizes.directoryEntries(); i++) {
      check(seen.get(i) != isRemoved(i), entryName(i) + " is there: " + seen.get(i));
    }
  }

  boolean readPage(FileHandle directory, long cookie, Page page) throws Exception {
    page.taken = 0;
    return store
        .<FileSystem.DirectoryEnd>one(
            (call, end) -> fs.readDirectory(call, directory, cookie, page, end))
        .last();
  }

  /** Notes the numbers of the entries that it is shown, a page at a time. */
  static final class Page implements DirectoryVisitor {
    private final BitSet seen;
    private final int entries;
    private long cookie;
    private int taken;
    private int twice;
    private int wrong;
    private int seenInAll;

    Page(BitSet seen, int entries) {
      this.seen = seen;
      this.entries = entries;
    }

    void checkOrder() {
      check(twice == 0, twice + " entries were seen twice");
      check(wrong == 0, wrong + " entries had a cookie before the last, or were never made");
    }

    @Override
    public boolean wantsAttributes() {
      return false;
    }

    @Override
    public boolean entry(long entryCookie, byte[] name, long inode, Attributes attributes) {
      if (taken == PAGE_ENTRIES) {
        return false;
      }
      int number = Integer.parseInt(new String(name, UTF_8).substring("entry-".length()));
      wrong += entryCookie <= cookie || number >= entries ? 1 : 0;
      twice += seen.get(number) ? 1 : 0;
      seen.set(number);
      cookie = entryCookie;
      taken++;
      seenInAll++;
      return true;
    }
  }

  // --- many files ---

  void makeFiles() throws Exception {
    FileHandle parent = makeDirectory(fs.root(), "files");
    for (int first = 0; first < sizes.files(); first += ScaleSizes.FILES_PER_DIRECTORY) {
      FileHandle directory = makeDirectory(parent, "d" + first);
      int from = first;
      store.many(
          Math.min(ScaleSizes.FILES_PER_DIRECTORY, sizes.files() - first),
          (i, call, end) -> makeFile(call, directory, from + i, end));
    }
  }

  private void makeFile(FsCall call, FileHandle directory, long number, Consumer<FsStatus> end) {
    FileHandle[] made = new FileHandle[1];
    create(
        call,
        directory,
        "f" + number,
        handle -> made[0] = handle,
        status -> {
          int bytes = fileBytes(number);
          if (status == FsStatus.OK && bytes > 0) {
            write(call, made[0], 0, content(number, bytes), end);
          } else {
            end.accept(status);
          }
        });
  }

  private static int fileBytes(long number) {
    return switch ((int) (number % CONTENT_EVERY)) {
      case 0 -> SMALL_BYTES;
      case CONTENT_EVERY / 2 -> TWO_BLOCKS_BYTES;
      default -> 0;
    };
  }

  void checkFiles() throws Exception {
    Random random = new Random(1);
    store.many(
        Math.min(SAMPLES, sizes.files()),
        (i, call, end) -> {
          long number = random.nextInt(sizes.files());
          if (isUnlinked(number)) {
            end.accept(FsStatus.OK);
            return;
          }
          findFile(
              call,
              number,
              (status, file) -> {
                if (status == FsStatus.OK) {
                  read(call, file, 0, content(number, fileBytes(number)), end);
                } else {
                  end.accept(status);
                }
              });
        });
  }

  /** Holds files, removes every other one of them, reads all, and lets go. */
  void holdFiles() throws Exception {
    FileHandle[] held = new FileHandle[sizes.openFiles()];
    store.many(
        held.length,
        (i, call, end) ->
            findFile(
                call,
                i,
                (status, file) -> {
                  held[(int) i] = file;
                  if (status == FsStatus.OK) {
                    fs.hold(call, file, (holdStatus, nothing) -> end.accept(holdStatus));
                  } else {
                    end.accept(status);
                  }
                }));
    store.many(
        held.length / 2,
        (i, call, end) ->
            directoryOf(call, 2 * i, directory -> remove(call, directory, "f" + 2 * i, end), end));
    store.many(
        held.length, (i, call, end) -> read(call, held[(int) i], 0, content(i, fileBytes(i)), end));
    store.<Void>onLoop(end -> {
      for (FileHandle file : held) {
        fs.release(file);
      }
      end.complete(null);
    });
  }

  private boolean isUnlinked(long number) {
    return number < sizes.openFiles() / 2 * 2L && number % 2 == 0;
  }

  // --- one large file each ---

  void makeSparseFile() throws Exception {
    FileHandle file = makeFile(fs.root(), "sparse");
    AttributeChanges length = new AttributeChanges();
    length.mask = AttributeChanges.SIZE;
    length.sizeBytes = sizes.sparseBytes();
    store.<Attributes>one((call, end) -> fs.setAttributes(call, file, length, false, end));
    store.many(
        sparseWrites(),
        (i, call, end) -> write(call, file, sparseOffset(i), content(i, BLOCK_BYTES), end));
  }

  private long sparseWrites() {
    return Math.min(SPARSE_WRITES, sizes.sparseBytes() / (16 * BLOCK_BYTES));
  }

  private long sparseOffset(long i) {
    return sizes.sparseBytes() / sparseWrites() / BLOCK_BYTES * BLOCK_BYTES * i;
  }

  /** What was written is there; before each of it is a hole. */
  void checkSparseFile() throws Exception {
    FileHandle file = find("sparse");
    store.many(
        sparseWrites(),
        (i, call, end) -> read(call, file, sparseOffset(i), content(i, BLOCK_BYTES), end));
    store.many(
        sparseWrites() - 1,
        (i, call, end) ->
            read(call, file, sparseOffset(i + 1) - BLOCK_BYTES, new byte[BLOCK_BYTES], end));
  }

  /** Writes each block once, in an order that jumps, and then some once more. */
  void makeRandomFile() throws Exception {
    FileHandle file = makeFile(fs.root(), "random");
    long blocks = sizes.randomBytes() / BLOCK_BYTES;
    store.many(
        blocks,
        (i, call, end) -> {
          long block = jump(i, blocks);
          write(call, file, block * BLOCK_BYTES, content(block, BLOCK_BYTES), end);
        });
    overwrite(file, blocks / OVERWRITTEN_EVERY);
  }

  private void overwrite(FileHandle file, long count) throws Exception {
    store.many(
        count,
        (i, call, end) -> {
          long block = jump(i, count) * OVERWRITTEN_EVERY;
          write(call, file, block * BLOCK_BYTES, content(~block, BLOCK_BYTES), end);
        });
  }

  /** A number below {@code count} for each number below it, far from those of its neighbours. */
  private static long jump(long i, long count) {
    long step = count * 618 / 1000 | 1;
    while (gcd(step, count) != 1) {
      step += 2;
    }
    return i * step % count;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  void checkRandomFile() throws Exception {
    FileHandle file = find("random");
    long blocks = sizes.randomBytes() / BLOCK_BYTES;
    Random random = new Random(2);
    store.many(
        Math.min(SAMPLES, blocks),
        (i, call, end) -> {
          long block = random.nextLong(blocks);
          read(call, file, block * BLOCK_BYTES, randomFileContent(block), end);
        });
  }

  /** What is in a block of the file that is written at random. */
  byte[] randomFileContent(long block) {
    long overwritten = sizes.randomBytes() / BLOCK_BYTES / OVERWRITTEN_EVERY;
    boolean twice = block % OVERWRITTEN_EVERY == 0 && block / OVERWRITTEN_EVERY < overwritten;
    return content(twice ? ~block : block, BLOCK_BYTES);
  }

  /** Writes what is there already, and makes and removes a name, for as long as it lives. */
  void churn(Runnable round) throws Exception {
    FileHandle file = find("random");
    FileHandle churned = makeDirectory(fs.root(), "churn");
    while (true) {
      overwrite(file, Math.min(SAMPLES, sizes.randomBytes() / BLOCK_BYTES / OVERWRITTEN_EVERY));
      store.many(SAMPLES, (i, call, end) -> create(call, churned, "c" + i, handle -> {}, end));
      store.many(SAMPLES, (i, call, end) -> remove(call, churned, "c" + i, end));
      round.run();
    }
  }

  // --- a long path ---

  void makeDeepPath() throws Exception {
    FileHandle at = makeDirectory(fs.root(), "deep");
    for (int i = 0; i < sizes.depth(); i++) {
      at = makeDirectory(at, "below");
    }
    makeFile(at, "bottom");
  }

  /** Down by names and up again; and what lies above does not go below. */
  void checkDeepPath() throws Exception {
    FileHandle top = find("deep");
    FileHandle at = top;
    for (int i = 0; i < sizes.depth(); i++) {
      at = find(at, "below");
    }
    find(at, "bottom");
    FileHandle bottom = at;
    FsStatus moved =
        store.<FsStatus>onLoop(end ->
            fs.rename(
                new FsCall(Principal.ROOT),
                fs.root(),
                "deep".getBytes(UTF_8),
                bottom,
                "loop".getBytes(UTF_8),
                (status, result) -> end.complete(status)));
    check(moved == FsStatus.INVALID, "a directory went below itself: " + moved);
    for (int i = 0; i < sizes.depth(); i++) {
      FileHandle child = at;
      at = store.<Attributes>one((call, end) -> fs.lookupParent(call, child, end)).handle();
    }
    check(at.equals(top), "the way up leads elsewhere");
  }

  // --- all of it ---

  /** What all content takes, to the byte. */
  long contentBytes() {
    long blocks = sizes.randomBytes() / BLOCK_BYTES + sparseWrites();
    for (long number = 0; number < sizes.files(); number++) {
      boolean two = fileBytes(number) == TWO_BLOCKS_BYTES;
      blocks += two && !isUnlinked(number) ? 2 : 0;
    }
    return blocks * BLOCK_BYTES;
  }

  // --- steps ---

  FileHandle find(String name) throws Exception {
    return find(fs.root(), name);
  }

  private FileHandle find(FileHandle directory, String name) throws Exception {
    return store
        .<Attributes>one((call, end) -> fs.lookup(call, directory, name.getBytes(UTF_8), end))
        .handle();
  }

  private void findFile(FsCall call, long number, FsCallback<FileHandle> found) {
    directoryOf(
        call,
        number,
        directory ->
            fs.lookup(
                call,
                directory,
                ("f" + number).getBytes(UTF_8),
                (status, file) -> found.done(status, file == null ? null : file.handle())),
        status -> found.done(status, null));
  }

  private void directoryOf(
      FsCall call, long number, Consumer<FileHandle> then, Consumer<FsStatus> failed) {
    long first = number / ScaleSizes.FILES_PER_DIRECTORY * ScaleSizes.FILES_PER_DIRECTORY;
    fs.lookup(
        call,
        fs.root(),
        "files".getBytes(UTF_8),
        (status, parent) -> {
          if (status != FsStatus.OK) {
            failed.accept(status);
            return;
          }
          fs.lookup(
              call,
              parent.handle(),
              ("d" + first).getBytes(UTF_8),
              (found, directory) -> {
                if (found == FsStatus.OK) {
                  then.accept(directory.handle());
                } else {
                  failed.accept(found);
                }
              });
        });
  }

  FileHandle makeDirectory(FileHandle parent, String name) throws Exception {
    return make(parent, name, FileType.DIRECTORY);
  }

  FileHandle makeFile(FileHandle parent, String name) throws Exception {
    return make(parent, name, FileType.REGULAR);
  }

  private FileHandle make(FileHandle parent, String name, FileType type) throws Exception {
    return store
        .<FileSystem.CreateResult>one(
            (call, end) -> fs.create(call, parent, name.getBytes(UTF_8), request(type), end))
        .attributes()
        .handle();
  }

  void create(
      FsCall call,
      FileHandle directory,
      String name,
      Consumer<FileHandle> made,
      Consumer<FsStatus> end) {
    fs.create(
        call,
        directory,
        name.getBytes(UTF_8),
        request(FileType.REGULAR),
        (status, result) -> {
          if (status == FsStatus.OK) {
            made.accept(result.attributes().handle());
          }
          end.accept(status);
        });
  }

  private static CreateRequest request(FileType type) {
    return new CreateRequest(
        type,
        type == FileType.REGULAR ? Disposition.UNCHECKED : Disposition.GUARDED,
        new AttributeChanges(),
        0,
        null,
        0,
        0);
  }

  void remove(FsCall call, FileHandle directory, String name, Consumer<FsStatus> end) {
    fs.remove(call, directory, name.getBytes(UTF_8), (status, result) -> end.accept(status));
  }

  void write(FsCall call, FileHandle file, long offset, byte[] content, Consumer<FsStatus> end) {
    ByteBuf payload = store.buffer(content.length).writeBytes(content);
    fs.write(
        call,
        file,
        true,
        offset,
        payload,
        Stability.FILE_SYNC,
        (status, result) -> end.accept(status));
  }

  /** Reads, and compares: ends with IO_ERROR if it is not what was written. */
  void read(FsCall call, FileHandle file, long offset, byte[] expected, Consumer<FsStatus> end) {
    if (expected.length == 0) {
      end.accept(FsStatus.OK);
      return;
    }
    fs.read(
        call,
        file,
        true,
        offset,
        expected.length,
        (status, result) -> {
          if (status == FsStatus.OK) {
            int at = 0;
            boolean same = result.bytes() == expected.length;
            for (int i = 0; i < result.pieces(); i++) {
              ByteBuf piece = result.piece(i);
              while (same && piece.isReadable()) {
                same = piece.readByte() == expected[at++];
              }
            }
            result.release();
            end.accept(same ? FsStatus.OK : FsStatus.IO_ERROR);
          } else {
            end.accept(status);
          }
        });
  }

  static byte[] content(long what, int bytes) {
    byte[] content = new byte[bytes];
    long word = what * 0x9E3779B97F4A7C15L + 1;
    for (int i = 0; i < bytes; i++) {
      if (i % 64 == 0) {
        word = word * 6364136223846793005L + 1442695040888963407L;
      }
      content[i] = (byte) (word >>> i % 57);
    }
    return content;
  }

  static void check(boolean good, String otherwise) {
    if (!good) {
      throw new AssertionError(otherwise);
    }
  }
}
