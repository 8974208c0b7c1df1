package io.atoll.fs.salvage;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.fs.format.StoredQuotaTree;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;

/**
 * Carries quotas over, of directories that are kept. What they hold is not what it was: a node
 * counts it anew.
 */
final class QuotaCopy {
  private final VolumeImage image;
  private final VolumeWriter target;
  private final Table table;
  private final Findings findings;
  private int nextTree = StoredQuotaTree.NONE + 1;
  private boolean any;

  QuotaCopy(VolumeImage image, VolumeWriter target, Table table, Findings findings) {
    this.image = image;
    this.target = target;
    this.table = table;
    this.findings = findings;
  }

  /** Carries them over; says whether there are any. */
  boolean run() {
    byte[] prefix = {StoredKeys.QUOTA, StoredKeys.QUOTA_TREE};
    try (IndexCursor stored = image.cursor(prefix, StoredKeys.endOf(prefix))) {
      while (stored.next()) {
        copy(stored.key(), stored.value());
      }
    }
    copyOwn();
    return any;
  }

  private void copy(byte[] key, byte[] value) {
    try {
      StoredQuotaTree tree = StoredQuotaTree.decode(key, value);
      nextTree = Math.max(nextTree, tree.number() + 1);
      if (!tree.isQuota()) {
        return;
      }
      if (isKept(tree)) {
        target.put(key, tree.encodeUncounted());
        any = true;
      } else {
        lost("the quota of inode " + tree.directory() + " is lost, as the directory is");
      }
    } catch (MalformedValueException e) {
      lost("a quota is lost: " + e.getMessage());
    }
  }

  private boolean isKept(StoredQuotaTree tree) {
    Long parent = table.parentOf(tree.directory());
    byte[] value = image.get(StoredKeys.inode(tree.directory()));
    try {
      return parent != null
          && parent != Table.NO_DIRECTORY
          && value != null
          && StoredInode.decode(tree.directory(), value).generation() == tree.generation();
    } catch (MalformedValueException e) {
      return false; // only its names are left
    }
  }

  private void copyOwn() {
    byte[] own = image.get(StoredKeys.fileSystemQuota());
    try {
      if (own != null) {
        StoredQuotaTree.checkFileSystem(own);
        target.put(StoredKeys.fileSystemQuota(), own);
        any = true;
        return;
      }
    } catch (MalformedValueException e) {
      lost("the file system's own quota is lost: " + e.getMessage());
    }
    if (any) {
      target.put(StoredKeys.fileSystemQuota(), StoredQuotaTree.unlimitedFileSystem(nextTree));
    }
  }

  private void lost(String what) {
    findings.add(Kind.STRUCTURE, "file system", what);
  }
}
