package io.atoll.modes.ledger;

import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerOpening.Reason;
import io.atoll.modes.ledger.LedgerOpening.Refused;
import io.atoll.modes.rate.Credits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file system's credits, in a memory-mapped file of one page that two entries alternate in
 * ({@link LedgerFormat} draws it). An entry is in the kernel's hands once it is written, so it
 * outlives the process, however that ends; it outlives the machine when {@link #sync} has ended, or
 * the kernel has written the page by itself, half a minute later.
 *
 * <p>Another process reads it meanwhile by {@link LedgerReader}.
 *
 * <p>A page of a mapped file may have to wait for the disk when it is touched: this is for workers,
 * one at a time, never for a loop.
 *
 * <p><b>Rebuilding.</b> A file that is refused is never repaired by guessing. {@link #rebuild}
 * moves it aside, where it can be looked at, and makes a new one <em>without credits</em>: what was
 * spent is not known, so nothing is given; the file system has its floor and earns from then on.
 */
public final class CreditLedger implements AutoCloseable {

  private static final String TEMPORARY_SUFFIX = ".new";

  private final Path file;
  private final LedgerMap map;
  private long sequence;

  private CreditLedger(Path file, LedgerMap map, long sequence) {
    this.file = file;
    this.map = map;
    this.sequence = sequence;
  }

  /**
   * Makes the ledger of a new file system. It is there whole or not at all.
   *
   * @param file where; nothing may be there
   * @param fileSystem whose
   * @param first the entry to begin with
   * @throws FileAlreadyExistsException if there is something
   */
  public static CreditLedger create(Path file, UUID fileSystem, LedgerEntry first)
      throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "there is a ledger already, or something else");
    }
    ByteBuffer image = ByteBuffer.allocate(LedgerFormat.FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long firstSequence = 1;
    put(image, LedgerFormat.HEADER_OFFSET_BYTES, LedgerFormat.header(fileSystem));
    put(
        image,
        LedgerFormat.slotOffsetBytes(firstSequence),
        LedgerFormat.slot(firstSequence, first));
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (image.hasRemaining()) {
        channel.write(image);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(file);
    return new CreditLedger(file, LedgerMap.of(file, false), firstSequence);
  }

  private static void put(ByteBuffer image, int offsetBytes, long[] words) {
    for (int i = 0; i < words.length; i++) {
      image.putLong(offsetBytes + i * Long.BYTES, words[i]);
    }
  }

  private static void syncDirectory(Path file) throws IOException {
    try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
      directory.force(true);
    }
  }

  /**
   * Opens a ledger, or says why it can't be used.
   *
   * @param fileSystem whose it must be
   */
  public static LedgerOpening open(Path file, UUID fileSystem) throws IOException {
    LedgerMap map = null;
    try {
      Refused unusable = judgeLength(file);
      if (unusable != null) {
        return unusable;
      }
      map = LedgerMap.of(file, false);
      unusable = judgeHeader(file, map.header(), fileSystem);
      long[] latest = map.latestSlot();
      if (unusable == null && latest == null) {
        unusable = refused(Reason.TORN, file, "has no whole entry");
      }
      if (unusable != null) {
        return unusable;
      }
      CreditLedger ledger = new CreditLedger(file, map, latest[0]);
      map = null;
      return new Opened(ledger, LedgerFormat.entry(latest));
    } finally {
      if (map != null) {
        map.close();
      }
    }
  }

  private static Refused judgeLength(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return refused(Reason.FOREIGN, file, "is a directory");
    }
    try {
      long bytes = Files.size(file);
      return bytes == LedgerFormat.FILE_BYTES
          ? null
          : refused(
              Reason.TORN, file, "has " + bytes + " bytes instead of " + LedgerFormat.FILE_BYTES);
    } catch (NoSuchFileException none) {
      return refused(Reason.MISSING, file, "does not exist");
    }
  }

  private static Refused judgeHeader(Path file, long[] header, UUID fileSystem) {
    if (header[0] != LedgerFormat.MAGIC) {
      return refused(Reason.FOREIGN, file, "does not begin as a ledger does");
    }
    if (header[1] > LedgerFormat.VERSION) {
      return new Refused(
          Reason.NEWER,
          "credit ledger "
              + file
              + " has format "
              + header[1]
              + ", this program knows up to "
              + LedgerFormat.VERSION
              + ": use the version that wrote it, or a later one");
    }
    if (!LedgerFormat.isSealed(header)) {
      return refused(Reason.TORN, file, "has a header with a wrong checksum");
    }
    UUID owner = LedgerFormat.fileSystem(header);
    return owner.equals(fileSystem)
        ? null
        : refused(
            Reason.FOREIGN, file, "is of file system " + owner + ", this one is " + fileSystem);
  }

  private static Refused refused(Reason reason, Path file, String found) {
    return new Refused(
        reason,
        "credit ledger "
            + file
            + " "
            + found
            + ": put the right one there, or have it rebuilt, which begins without credits");
  }

  /**
   * Moves what is there aside, to a name that ends in {@code .refused-} and the second of {@code
   * time}, and makes a ledger without credits.
   *
   * @param entry the file system as it is; its credits don't count
   * @return the new ledger and its entry
   */
  public static Opened rebuild(Path file, UUID fileSystem, LedgerEntry entry) throws IOException {
    if (Files.exists(file)) {
      long second = Math.floorDiv(entry.time().wallNanos(), 1_000_000_000L);
      Files.move(file, file.resolveSibling(file.getFileName() + ".refused-" + second));
    }
    LedgerEntry withoutCredits = entry.withCredits(Credits.NONE);
    return new Opened(create(file, fileSystem, withoutCredits), withoutCredits);
  }

  /** Writes an entry, over the older of the two. On a worker. */
  public void write(LedgerEntry entry) {
    long next = sequence + 1;
    map.write(LedgerFormat.slotOffsetBytes(next), LedgerFormat.slot(next, entry));
    sequence = next;
  }

  /** Has what was written outlive the machine. On a worker; takes as long as the disk does. */
  public void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false); // Writes what is dirty of the file, in whoever's memory it was made so.
    }
  }

  /** Which entry was written last; they are numbered from 1. */
  public long sequence() {
    return sequence;
  }

  /** Lets go of the file. */
  @Override
  public void close() {
    map.close();
  }
}
