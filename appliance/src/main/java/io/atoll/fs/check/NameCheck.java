package io.atoll.fs.check;

import io.atoll.fs.FileType;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Checks how many names an object has against what it counts, and whether one without a name is
 * kept for a reason: held by a client, or being freed.
 */
final class NameCheck implements AutoCloseable {
  private static final int MARKER_BYTES = 8;

  private static final long NO_DIRECTORY = -1;

  private final NameTable table;
  private final Findings findings;
  private final Follower names;
  private final Follower held;
  private final Follower reaped;

  NameCheck(VolumeImage volume, NameTable table, Findings findings) {
    this.table = table;
    this.findings = findings;
    names =
        new Follower(
            table.cursor(),
            StoredKeys.INODE_AT,
            number ->
                findings.add(
                    Kind.STRUCTURE,
                    () -> table.placeOf(number),
                    "the name leads to an inode that is not there"));
    held = markers(volume, StoredKeys.HELD, toldAsStray(StoredKeys.HELD, findings));
    reaped = markers(volume, StoredKeys.REAPED, toldAsStray(StoredKeys.REAPED, findings));
  }

  /**
   * The markers of one kind, along the inodes.
   *
   * @param stray told of those of inodes that are not there
   */
  static Follower markers(VolumeImage volume, byte kind, LongConsumer stray) {
    byte[] prefix = {StoredKeys.ORPHAN, kind};
    return new Follower(
        volume.cursor(prefix, StoredKeys.endOf(prefix)), StoredKeys.ORPHAN_INODE_AT, stray);
  }

  private static LongConsumer toldAsStray(byte kind, Findings findings) {
    return number ->
        findings.add(
            Kind.STRUCTURE, "inode " + number, "it is marked '" + (char) kind + "', but not there");
  }

  /** Whether {@code number} is marked. */
  private boolean takeMarker(Follower markers, long number) {
    if (!markers.isAt(number)) {
      return false;
    }
    try {
      MalformedValueException.check(markers.value(), MARKER_BYTES);
    } catch (MalformedValueException e) {
      findings.add(Kind.STRUCTURE, () -> table.placeOf(number), "its mark: " + e.getMessage());
    }
    markers.take();
    return true;
  }

  /** Inodes come in the order of their numbers. */
  void check(StoredInode inode) {
    long number = inode.number();
    long count = 0;
    long directory = NO_DIRECTORY;
    while (names.isAt(number)) {
      count++;
      directory = NameTable.directoryOf(names.key());
      FileType type = FileType.ofCode(names.value()[0]);
      if (type != inode.type()) {
        fault(inode, "it is a " + word(inode.type()) + ", and named as a " + word(type));
      }
      names.take();
    }
    boolean isHeld = takeMarker(held, number);
    boolean isReaped = takeMarker(reaped, number);
    if (inode.isDirectory()) {
      checkDirectory(inode, count, directory);
      return;
    }
    if (inode.links() != count) {
      fault(inode, "it counts " + inode.links() + " names and has " + count);
    }
    if (count == 0 && !isHeld && !isReaped) {
      fault(inode, "it has no name, and nothing says that it is to go");
    } else if (count > 0 && (isHeld || isReaped)) {
      fault(inode, "it has a name, and is marked as having none");
    }
    if (inode.gone() != isReaped) {
      fault(
          inode,
          inode.gone()
              ? "it is gone, and nothing says that its blocks are to be freed"
              : "its blocks are to be freed, though it is not gone");
    }
  }

  private void checkDirectory(StoredInode inode, long count, long directory) {
    if (inode.number() == StoredKeys.ROOT_INODE) {
      if (count != 0 || inode.parent() != StoredKeys.ROOT_INODE) {
        fault(inode, "the root has " + count + " names and the parent " + inode.parent());
      }
    } else if (count != 1) {
      fault(inode, "this directory has " + count + " names");
    } else if (directory != inode.parent()) {
      fault(
          inode,
          "this directory says that it is in inode "
              + inode.parent()
              + ", and is named in inode "
              + directory);
    }
  }

  /** All inodes have been checked. */
  void end() {
    names.end();
    held.end();
    reaped.end();
  }

  private void fault(StoredInode inode, String what) {
    findings.add(Kind.STRUCTURE, () -> table.placeOf(inode.number()), what);
  }

  private static String word(FileType type) {
    return type == null ? "thing" : type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public void close() {
    names.close();
    held.close();
    reaped.close();
  }
}
