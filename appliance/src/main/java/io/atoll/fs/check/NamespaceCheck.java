package io.atoll.fs.check;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.format.DirectoryTree;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.index.IndexException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Checks a file system at rest against the rules of its format: every name leads to an object and
 * every object has the names that it counts, each directory is below the root and agrees with its
 * entries, each block belongs to one file and is in use, and quotas count what there is. One use,
 * by one thread that may block.
 */
public final class NamespaceCheck {
  private static final int RESERVED_AT = 8;
  private static final int OBJECTS_AT = 16;
  private static final int MAX_RECORD_KEY_BYTES = 1 + 1024;
  private static final int MAX_RECORD_BYTES = 1 + 4096;

  private final VolumeImage volume;
  private final Scratch scratch;
  private final Findings findings;
  private final boolean dataBlocks;
  private final LongConsumer progress;
  private FileSystemId id;
  private long inodes;
  private long directories;
  private long names;
  private long blocksRead;

  /**
   * @param dataBlocks read all blocks of files, too
   * @param progress told now and then how many objects have been checked
   */
  public NamespaceCheck(
      VolumeImage volume,
      Scratch scratch,
      Findings findings,
      boolean dataBlocks,
      LongConsumer progress) {
    this.volume = volume;
    this.scratch = scratch;
    this.findings = findings;
    this.dataBlocks = dataBlocks;
    this.progress = progress;
  }

  /**
   * Checks, and says how much there was to check.
   *
   * @throws io.atoll.io.index.ScratchException if what it has to remember can't be kept
   */
  public CheckReport run() {
    try {
      if (volume.get(StoredKeys.superblock()) == null && isEmpty()) {
        return report(); // the first start did not come so far
      }
      try (NameTable table = new NameTable(volume, scratch)) {
        collectNames(table);
        checkInodes(table);
      }
      StartCheck start = new StartCheck(volume, findings);
      id = start.check();
      byte[] numbers = start.inodeNumbers();
      if (numbers != null) {
        checkNumbers(numbers);
      }
      checkRecords();
    } catch (IndexException e) {
      findings.add(Kind.STORE, "index", "the check could not come to its end: " + e.getMessage());
    }
    return report();
  }

  private CheckReport report() {
    return new CheckReport(
        id, inodes, directories, names, volume.space().referredBlocks(), blocksRead);
  }

  private boolean isEmpty() {
    try (IndexCursor any = volume.cursor(new byte[] {0}, new byte[] {(byte) 0xff})) {
      return !any.next();
    }
  }

  private void collectNames(NameTable table) {
    try (IndexCursor entries =
        volume.cursor(new byte[] {StoredKeys.ENTRY}, StoredKeys.endOf(StoredKeys.ENTRY))) {
      while (entries.next()) {
        try {
          table.add(StoredEntry.byName(entries.key(), entries.value()));
          names++;
        } catch (MalformedValueException toldWithItsDirectory) {
          // by the check of the directory's entries
        }
      }
    }
    table.complete();
  }

  private void checkInodes(NameTable table) {
    DirectoryTree tree = new DirectoryTree(scratch);
    QuotaCheck quotas = new QuotaCheck(volume, table, findings);
    DataVerifier data = dataBlocks ? new DataVerifier(volume, table, findings) : null;
    try (ContentCheck content = new ContentCheck(volume, table, findings, data);
        DirectoryCheck entries = new DirectoryCheck(volume, table, findings);
        NameCheck named = new NameCheck(volume, table, findings);
        // A file that is removed while it is truncated may go first: a start deletes the mark.
        Follower trims = NameCheck.markers(volume, StoredKeys.TRIMMED, stray -> {});
        IndexCursor all =
            volume.cursor(new byte[] {StoredKeys.INODE}, StoredKeys.endOf(StoredKeys.INODE))) {
      while (all.next()) {
        long number = StoredKeys.number(all.key(), StoredKeys.INODE_AT);
        inodes++;
        progress.accept(inodes);
        boolean trimmed = trims.isAt(number);
        if (trimmed) {
          trims.take();
        }
        StoredInode inode;
        try {
          inode = StoredInode.decode(number, all.value());
        } catch (MalformedValueException e) {
          findings.add(Kind.STRUCTURE, () -> table.placeOf(number), e.getMessage());
          continue;
        }
        named.check(inode);
        if (inode.isDirectory()) {
          directories++;
          entries.check(inode);
          tree.add(number, inode.parent());
        }
        content.check(inode, trimmed);
        quotas.check(inode);
      }
      named.end();
      entries.end();
      content.end();
      trims.end();
      quotas.end();
    }
    blocksRead = data == null ? 0 : data.blocksRead();
    tree.forEachLost(
        number ->
            findings.add(
                Kind.STRUCTURE, "inode " + number, "no path leads to this directory from the root"),
        head -> {});
  }

  private void checkNumbers(byte[] numbers) {
    long counted = ByteBuffer.wrap(numbers).getLong(OBJECTS_AT);
    if (counted != inodes) {
      meta("it counts " + counted + " objects and has " + inodes);
    }
    long reserved = ByteBuffer.wrap(numbers).getLong(RESERVED_AT);
    try (IndexCursor beyond =
        volume.cursor(StoredKeys.inode(reserved), StoredKeys.endOf(StoredKeys.INODE))) {
      if (beyond.next()) {
        meta(
            "inode "
                + StoredKeys.number(beyond.key(), StoredKeys.INODE_AT)
                + " is there, though numbers from "
                + reserved
                + " on were never given out");
      }
    }
  }

  private void meta(String what) {
    findings.add(Kind.STRUCTURE, "file system", what);
  }

  /** Those that a node reads; what is too long it would never have written. */
  private void checkRecords() {
    try (IndexCursor records =
        volume.cursor(new byte[] {StoredKeys.RECORD}, StoredKeys.endOf(StoredKeys.RECORD))) {
      while (records.next()) {
        if (records.value().length > MAX_RECORD_BYTES
            || records.key().length > MAX_RECORD_KEY_BYTES) {
          meta("a record of its clients is longer than one can be");
        }
      }
    }
  }
}
