package io.atoll.fs.check;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import java.nio.ByteBuffer;

/**
 * Checks what a node reads before it serves a file system. It refuses to start where any of that is
 * malformed, so whatever is found here is of kind {@link Kind#STORE}.
 */
final class StartCheck {
  private static final int SUPERBLOCK_BYTES = 72;
  private static final int NUMBERS_BYTES = 24;
  private static final int ID_AT = 8;
  private static final int ROOT_AT = 24;
  private static final int CHANGE_BOUND_BYTES = 16;
  private static final int TRIM_MARKER_BYTES = 16;
  private static final int RECORD_BYTES = 1;

  private final VolumeImage volume;
  private final Findings findings;

  StartCheck(VolumeImage volume, Findings findings) {
    this.volume = volume;
    this.findings = findings;
  }

  /** Checks, and says which file system it is; null if that can't be read. */
  FileSystemId check() {
    byte[] superblock = superblock();
    if (superblock != null) {
      long root = ByteBuffer.wrap(superblock).getLong(ROOT_AT);
      checkInode(root, "its root directory", true);
      if (root != StoredKeys.ROOT_INODE) {
        findings.add(Kind.STRUCTURE, "file system", "its root directory is inode " + root);
      }
    }
    checkNumbered(
        StoredKeys.of(StoredKeys.CHANGE_BOUND),
        StoredKeys.INODE_AT,
        CHANGE_BOUND_BYTES,
        "a bound of a change counter");
    checkNumbered(
        new byte[] {StoredKeys.ORPHAN, StoredKeys.TRIMMED},
        StoredKeys.ORPHAN_INODE_AT,
        TRIM_MARKER_BYTES,
        "a mark of a truncation under way");
    checkRecords();
    return superblock == null
        ? null
        : new FileSystemId(
            ByteBuffer.wrap(superblock).getLong(ID_AT),
            ByteBuffer.wrap(superblock).getLong(ID_AT + Long.BYTES));
  }

  private byte[] superblock() {
    byte[] value = volume.get(StoredKeys.superblock());
    if (value == null) {
      fault("its superblock is missing");
      return null;
    }
    try {
      MalformedValueException.checkSuperblock(value, SUPERBLOCK_BYTES);
      return value;
    } catch (MalformedValueException e) {
      fault("its superblock: " + e.getMessage());
      return null;
    }
  }

  /** The value that says which inode numbers are given out and counts objects; null if none can. */
  byte[] inodeNumbers() {
    byte[] value = volume.get(StoredKeys.inodeNumbers());
    if (value == null) {
      fault("its count of inodes is missing");
      return null;
    }
    try {
      MalformedValueException.check(value, NUMBERS_BYTES);
      return value;
    } catch (MalformedValueException e) {
      fault("its count of inodes: " + e.getMessage());
      return null;
    }
  }

  private void checkInode(long number, String role, boolean needed) {
    byte[] value = volume.get(StoredKeys.inode(number));
    if (value == null) {
      if (needed) {
        fault(role + ", inode " + number + ", is missing");
      }
      return;
    }
    try {
      StoredInode.checkReadable(value);
    } catch (MalformedValueException e) {
      fault(role + ", inode " + number + ": " + e.getMessage());
    }
  }

  /** Of what an earlier run left to be done; of inodes that are gone, it is deleted. */
  private void checkNumbered(byte[] prefix, int inodeAt, int bytes, String what) {
    try (IndexCursor entries = volume.cursor(prefix, StoredKeys.endOf(prefix))) {
      while (entries.next()) {
        byte[] key = entries.key();
        if (key.length < inodeAt + Long.BYTES) {
          fault(what + " is malformed: its key has " + key.length + " bytes");
          continue;
        }
        long inode = StoredKeys.number(key, inodeAt);
        try {
          MalformedValueException.check(entries.value(), bytes);
        } catch (MalformedValueException e) {
          fault(what + ", of inode " + inode + ", is malformed: " + e.getMessage());
        }
        checkInode(inode, "an inode with " + what, false);
      }
    }
  }

  private void checkRecords() {
    try (IndexCursor records =
        volume.cursor(StoredKeys.of(StoredKeys.RECORD), StoredKeys.endOf(StoredKeys.RECORD))) {
      while (records.next()) {
        try {
          MalformedValueException.check(records.value(), RECORD_BYTES);
        } catch (MalformedValueException e) {
          fault("a record of its clients is malformed: " + e.getMessage());
        }
      }
    }
  }

  private void fault(String what) {
    findings.add(Kind.STORE, "file system", what);
  }
}
