package io.atoll.io.check;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.disk.DiskException;
import io.atoll.io.index.Index;
import io.atoll.io.index.LayeredIndex;
import io.atoll.io.index.RocksDbImage;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.log.DurableMark;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogDamage;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.NewerLogException;
import io.atoll.io.log.SaltFinder;
import io.atoll.io.log.ScannedGroup;
import io.atoll.io.volume.IndexKeys;
import io.atoll.io.volume.LastGroupCheck;
import io.atoll.io.volume.LogRecovery;
import io.atoll.io.volume.Superblock;
import io.atoll.io.volume.VolumeFiles;
import io.atoll.io.volume.VolumeOpenException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Replays what is left of a damaged log over an index. Every whole group counts that the index has
 * not taken, gaps or not, and beyond that the last unbroken stretch. One use, by one thread that
 * may block.
 */
final class LogSalvage implements AutoCloseable {

  private final Path folder;
  private final Findings findings;
  private final LayeredIndex index;
  private final ImageFile extents;
  private final Executor reader;
  private final ByteBuf window = AlignedMemory.allocate(GroupCodec.MAX_GROUP_BYTES);
  private final List<LogSegment> segments = new ArrayList<>();
  private final List<ImageFile> logFiles = new ArrayList<>();
  private DurableMark mark = DurableMark.NONE;
  private long incarnation;

  /**
   * @param index that the records go to
   * @param extents where the data is that they speak of
   * @param reader does the reads that are waited for
   */
  LogSalvage(
      Path folder, Findings findings, LayeredIndex index, ImageFile extents, Executor reader) {
    this.folder = folder;
    this.findings = findings;
    this.index = index;
    this.extents = extents;
    this.reader = reader;
  }

  /**
   * @throws VolumeOpenException if another version of Atoll wrote the volume
   * @throws NewerLogException likewise
   */
  void replay() {
    openSegments();
    GroupCodec codec = codec();
    if (codec != null) {
      replay(codec);
    }
  }

  /** At least that of every earlier opening, as far as is known; 0 if nothing is. */
  long incarnation() {
    return incarnation;
  }

  private void fault(String place, String what) {
    findings.add(Kind.STORE, place, what);
  }

  private void openSegments() {
    Path log = folder.resolve(LogSegment.name(0)).getParent();
    int count = 0;
    if (Files.isDirectory(log)) {
      try (Stream<Path> names = Files.list(log)) {
        count =
            names
                .map(path -> path.getFileName().toString())
                .filter(name -> name.matches("\\d{4}"))
                .mapToInt(name -> Integer.parseInt(name) + 1)
                .max()
                .orElse(0);
      } catch (IOException e) {
        fault("log", e.getMessage());
      }
    }
    for (int number = 0; number < count; number++) {
      String name = LogSegment.name(number);
      ImageFile file;
      try {
        file = ImageFile.open(folder, name, reader);
      } catch (IOException e) {
        fault(name, e.getMessage());
        file = ImageFile.absent(name);
      }
      logFiles.add(file);
      segments.add(new LogSegment(name, file));
    }
  }

  /** With the superblock's salt, or one found in the log itself; null if there is no log. */
  private GroupCodec codec() {
    try (ImageFile file = ImageFile.open(folder, Superblock.NAME, reader)) {
      Superblock superblock = SuperblockImage.read(file, window);
      mark = superblock.mark();
      incarnation = superblock.incarnation() + 1; // the other copy may have been ahead
      return new GroupCodec(superblock.salt());
    } catch (VolumeOpenException e) {
      if (e.reason() == VolumeOpenException.Reason.VERSION) {
        throw e;
      }
      fault(Superblock.NAME, e.getMessage());
    } catch (IOException e) {
      fault(Superblock.NAME, e.getMessage());
    }
    SaltFinder finder = new SaltFinder();
    logFiles.forEach(file -> findSalt(file, finder));
    if (!finder.found()) {
      fault("log", "there is no group in it");
      return null;
    }
    return new GroupCodec(finder.salt());
  }

  /** A group that the window cuts off has no say; there are others, or it begins the segment. */
  private void findSalt(ImageFile file, SaltFinder finder) {
    for (long from = 0; from < file.lengthBytes(); from += GroupCodec.MAX_GROUP_BYTES) {
      int length = (int) Math.min(GroupCodec.MAX_GROUP_BYTES, file.lengthBytes() - from);
      BlockwiseRead.read(file::readNow, window, length, from);
      for (int at = 0; at + GroupCodec.BLOCK_BYTES <= length; ) {
        int groupBytes = finder.look(window, at, length, from + at == 0);
        at += Math.max(groupBytes, GroupCodec.BLOCK_BYTES);
      }
    }
  }

  private void replay(GroupCodec codec) {
    List<ScannedGroup> groups = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      try {
        groups.addAll(scan(codec, i));
      } catch (CompletionException e) {
        fault(segments.get(i).name(), e.getCause().getMessage());
      }
    }
    groups.sort(Comparator.comparingLong(group -> group.header().number()));
    LogRecovery recovery =
        new LogRecovery(codec, segments, window, new LastGroupCheck(window), extents);
    if (!groups.isEmpty() && groups.getLast().intact()) {
      leaveOutLost(groups, recovery);
    }
    groups.removeIf(group -> !group.intact());
    for (ScannedGroup group : groups) {
      incarnation = Math.max(incarnation, group.header().incarnation());
    }
    String missing = mark.missing(groups.isEmpty() ? null : groups.getLast());
    if (missing != null) {
      fault("log", missing + "; what its records changed is as it was before");
    }
    replay(wanted(groups), recovery);
  }

  private void replay(List<ScannedGroup> wanted, LogRecovery recovery) {
    boolean isKnown = index.appliedSequence() != RocksDbImage.UNKNOWN_SEQUENCE;
    if (!isKnown) {
      fault(
          VolumeFiles.INDEX,
          "it has lost how far it had taken the log; only what the log has without a gap to its"
              + " end is taken from there");
    }
    long next =
        isKnown || wanted.isEmpty()
            ? index.appliedSequence() + 1
            : wanted.getFirst().header().firstSequence();
    for (ScannedGroup group : wanted) {
      if (group.header().firstSequence() > next) {
        fault(
            group.place(),
            "records "
                + next
                + " to "
                + (group.header().firstSequence() - 1)
                + " are lost before it; what they changed is as it was before");
      }
      next = Math.max(next, group.header().lastSequence() + 1);
      try {
        recovery.read(group).join().forEach(this::apply);
      } catch (CompletionException e) {
        if (e.getCause() instanceof NewerLogException newer) {
          throw newer;
        }
        if (!(e.getCause() instanceof DiskException || e.getCause() instanceof LogDamage)) {
          throw e;
        }
        fault(group.place(), e.getCause().getMessage());
      }
    }
  }

  /**
   * Leaves out the last group if it was never acknowledged, so that what it replaced is kept: as a
   * start would. Whatever else is wrong with its data is damage, and no reason to. If any header of
   * a later one is left, it was acknowledged: it has no last place then.
   */
  private void leaveOutLost(List<ScannedGroup> groups, LogRecovery recovery) {
    ScannedGroup last = groups.getLast();
    if (last.header().lastSequence() <= Math.max(index.appliedSequence(), mark.sequence())) {
      return;
    }
    incarnation = Math.max(incarnation, last.header().incarnation());
    try {
      long lost = recovery.firstLostBlock(last).join();
      if (lost != LastGroupCheck.NONE) {
        groups.removeLast();
        fault(
            last.place(),
            "the last group of the log is left out: block "
                + lost
                + " is not what it says. "
                + LogRecovery.LOST_DATA);
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof NewerLogException newer) {
        throw newer;
      }
      if (!(e.getCause() instanceof DiskException
          || e.getCause() instanceof LogDamage
          || e.getCause() instanceof VolumeOpenException)) {
        throw e;
      }
    }
  }

  /** A segment at a time, so that one that can't be read spoils no other. */
  private List<ScannedGroup> scan(GroupCodec codec, int number) {
    List<LogSegment> one = List.of(segments.get(number));
    List<ScannedGroup> found = new BlockwiseScanner(codec, one, window).scan().join();
    return found.stream()
        .map(group -> new ScannedGroup(number, group.offsetBytes(), group.header(), group.intact()))
        .toList();
  }

  /**
   * What the index has not taken, and the last stretch without a gap, in order. What lies before a
   * gap and was taken is not wanted: of some keys it would bring back what they once were.
   */
  private List<ScannedGroup> wanted(List<ScannedGroup> groups) {
    long applied = index.appliedSequence();
    long from = applied == RocksDbImage.UNKNOWN_SEQUENCE ? Long.MAX_VALUE : applied;
    int stretch = groups.size();
    while (stretch > 0 && (stretch == groups.size() || follows(groups, stretch))) {
      stretch--;
    }
    List<ScannedGroup> wanted = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      if (i >= stretch || groups.get(i).header().lastSequence() > from) {
        wanted.add(groups.get(i));
      }
    }
    return wanted;
  }

  private static boolean follows(List<ScannedGroup> groups, int at) {
    return groups.get(at - 1).header().number() + 1 == groups.get(at).header().number();
  }

  private void apply(Replayed record) {
    try (Index.Batch batch = index.newBatch()) {
      record.changes().forEach(new MapChanges(batch));
      index.apply(batch, Math.max(index.appliedSequence(), record.sequence()));
    }
  }

  /** Once a window can't be read, block by block. */
  private final class BlockwiseScanner extends LogScanner {
    BlockwiseScanner(GroupCodec codec, List<LogSegment> segments, ByteBuf window) {
      super(codec, segments, window);
    }

    @Override
    protected CompletableFuture<Integer> read(
        LogSegment log, ByteBuf into, int bytes, long offsetBytes) {
      ImageFile file = (ImageFile) log.file();
      int unreadable = BlockwiseRead.read(file::readNow, into, bytes, offsetBytes);
      if (unreadable > 0) {
        fault(
            log.name() + " at offset " + offsetBytes,
            unreadable + " of the blocks from here on can't be read");
      }
      return CompletableFuture.completedFuture(bytes);
    }
  }

  @Override
  public void close() {
    logFiles.forEach(ImageFile::close);
    window.release();
  }

  /** Only the user's entries: which blocks are in use shows from these. */
  private record MapChanges(Index.Batch batch) implements ChangeVisitor {
    @Override
    public void put(ByteBuf in, int keyAt, int keyBytes, int valueAt, int valueBytes) {
      batch.put(IndexKeys.user(bytes(in, keyAt, keyBytes)), bytes(in, valueAt, valueBytes));
    }

    @Override
    public void delete(ByteBuf in, int keyAt, int keyBytes) {
      batch.delete(IndexKeys.user(bytes(in, keyAt, keyBytes)));
    }

    private static byte[] bytes(ByteBuf in, int at, int length) {
      byte[] bytes = new byte[length];
      in.getBytes(at, bytes);
      return bytes;
    }
  }
}
