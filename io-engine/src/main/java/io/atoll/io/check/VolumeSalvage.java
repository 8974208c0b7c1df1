package io.atoll.io.check;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.disk.DiskException;
import io.atoll.io.index.EmptyIndex;
import io.atoll.io.index.ForgivingIndex;
import io.atoll.io.index.Index;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.IndexView;
import io.atoll.io.index.LayeredIndex;
import io.atoll.io.index.RocksDbImage;
import io.atoll.io.index.RocksDbRepair;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.log.DurableMark;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogDamage;
import io.atoll.io.log.LogReplayer;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.SaltFinder;
import io.atoll.io.log.ScannedGroup;
import io.atoll.io.volume.IndexKeys;
import io.atoll.io.volume.Superblock;
import io.atoll.io.volume.VolumeFiles;
import io.atoll.io.volume.VolumeOpenException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Reads what can be read of a volume that refuses to open, and changes nothing of it. Of the log,
 * every whole group counts that the index has not taken, gaps or not, and beyond that the last
 * unbroken stretch; of the index, every table that is there and every block of it that matches its
 * checksum. What is read so is to be checked before it is believed. One use, by one thread that may
 * block.
 */
public final class VolumeSalvage implements AutoCloseable {

  private static final long INDEX_CACHE_BYTES = 64L << 20;

  private final Path folder;
  private final Scratch scratch;
  private final Findings findings;
  private final ByteBuf window = AlignedMemory.allocate(GroupCodec.MAX_GROUP_BYTES);
  private final List<LogSegment> segments = new ArrayList<>();
  private final List<ImageFile> logFiles = new ArrayList<>();
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("atoll-salvage").factory());
  private LayeredIndex index;
  private DurableMark mark = DurableMark.NONE;
  private long incarnation;

  public VolumeSalvage(Path folder, Scratch scratch, Findings findings) {
    this.folder = folder;
    this.scratch = scratch;
    this.findings = findings;
  }

  /** All that is left of the map, and the blocks. */
  public VolumeImage open() {
    index =
        new LayeredIndex(
            new ForgivingIndex(openIndex(), this::tellLoss), scratch.index("replayed"));
    openSegments();
    GroupCodec codec = codec();
    if (codec != null) {
      replay(codec);
    }
    return new VolumeImage(index, openExtents(), new SpaceCheck(scratch, 0));
  }

  /** At least that of every earlier opening, as far as is known; 0 if nothing is. */
  public long incarnation() {
    return incarnation;
  }

  private void fault(String place, String what) {
    findings.add(Kind.STORE, place, what);
  }

  private void tellLoss(byte[] from, byte[] to, String why) {
    HexFormat hex = HexFormat.of();
    fault(
        VolumeFiles.INDEX,
        "entries between "
            + hex.formatHex(from)
            + " and "
            + hex.formatHex(to)
            + " can't be read, and are lost or as they were before: "
            + why);
  }

  private ImageFile openExtents() {
    try {
      return ImageFile.open(folder, VolumeFiles.EXTENTS, reader);
    } catch (IOException e) {
      fault(VolumeFiles.EXTENTS, e.getMessage());
      return ImageFile.absent(VolumeFiles.EXTENTS);
    }
  }

  // --- the index ---

  private IndexView openIndex() {
    Path original = folder.resolve(VolumeFiles.INDEX);
    try {
      return RocksDbImage.openDamaged(original, INDEX_CACHE_BYTES);
    } catch (IndexException e) {
      fault(
          VolumeFiles.INDEX,
          e.getMessage()
              + "; what its whole tables hold is taken, and what others held is lost, or as it was"
              + " before");
    }
    try {
      Path copy = scratch.folder().resolve("repaired");
      copyTables(original, copy);
      RocksDbRepair.repair(copy);
      return RocksDbImage.openDamaged(copy, INDEX_CACHE_BYTES);
    } catch (IndexException | IOException e) {
      fault(VolumeFiles.INDEX, "nothing can be made of it: " + e.getMessage());
      return new EmptyIndex();
    }
  }

  /** Copies what can be read: a repair writes. */
  private void copyTables(Path original, Path copy) throws IOException {
    Files.createDirectories(copy);
    if (!Files.isDirectory(original)) {
      return;
    }
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        try {
          Files.copy(file, copy.resolve(name));
        } catch (IOException e) {
          Files.deleteIfExists(copy.resolve(name));
          fault(VolumeFiles.INDEX + "/" + name, "it can't be read: " + e.getMessage());
        }
      }
    }
  }

  // --- the log ---

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
    int bytes = Superblock.SLOTS * Superblock.SLOT_BYTES;
    try (ImageFile file = ImageFile.open(folder, Superblock.NAME, reader)) {
      window.setZero(0, bytes);
      file.readNow(window, 0, bytes, 0);
      Superblock superblock = Superblock.decode(window);
      mark = superblock.mark();
      incarnation = superblock.incarnation() + 1; // the other copy may have been ahead
      return new GroupCodec(superblock.salt());
    } catch (VolumeOpenException | IOException e) {
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
      int length = file.readNow(window, 0, GroupCodec.MAX_GROUP_BYTES, from);
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
    groups.removeIf(group -> !group.intact());
    groups.sort(Comparator.comparingLong(group -> group.header().number()));
    String missing = mark.missing(groups.isEmpty() ? null : groups.getLast());
    if (missing != null) {
      fault("log", missing + "; what its records changed is as it was before");
    }
    LogReplayer replayer = new LogReplayer(codec, segments, window);
    List<ScannedGroup> wanted = wanted(groups);
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
      incarnation = Math.max(incarnation, group.header().incarnation());
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
        replayer.read(group).join().forEach(this::apply);
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof DiskException || e.getCause() instanceof LogDamage)) {
          throw e;
        }
        fault(group.place(), e.getCause().getMessage());
      }
    }
  }

  /** A segment at a time, so that one that can't be read spoils no other. */
  private List<ScannedGroup> scan(GroupCodec codec, int number) {
    List<LogSegment> one = List.of(segments.get(number));
    List<ScannedGroup> found = new LogScanner(codec, one, window).scan().join();
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

  @Override
  public void close() {
    reader.shutdown();
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
