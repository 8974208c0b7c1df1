package io.atoll.fs.check;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.fs.format.StoredQuotaTree;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what lies in directories with a quota, and compares it with what is kept; where nothing is
 * being counted, also which of them each directory says that it lies in. There are few enough of
 * them to be kept in memory.
 */
final class QuotaCheck {
  private final VolumeImage volume;
  private final NameTable names;
  private final Findings findings;
  private final Map<Integer, StoredQuotaTree> trees = new HashMap<>();

  /** By the directory, those that are quotas. */
  private final Map<Long, StoredQuotaTree> byDirectory = new HashMap<>();

  private final Map<Integer, Count> counts = new HashMap<>();
  private boolean isUnderWay;

  /** What inodes add up to that bear a number. */
  private static final class Count {
    private long objects;
    private long blocks;
  }

  QuotaCheck(VolumeImage volume, NameTable names, Findings findings) {
    this.volume = volume;
    this.names = names;
    this.findings = findings;
    load();
    checkNesting();
    checkFileSystem();
  }

  private void load() {
    byte[] prefix = {StoredKeys.QUOTA, StoredKeys.QUOTA_TREE};
    try (IndexCursor stored = volume.cursor(prefix, StoredKeys.endOf(prefix))) {
      while (stored.next()) {
        try {
          StoredQuotaTree tree = StoredQuotaTree.decode(stored.key(), stored.value());
          trees.put(tree.number(), tree);
          counts.put(tree.number(), new Count());
          isUnderWay |= tree.isUnderWay();
          if (tree.isQuota()) {
            byDirectory.put(tree.directory(), tree);
          }
        } catch (MalformedValueException e) {
          store("a quota is malformed: " + e.getMessage());
        }
      }
    }
  }

  /** A node refuses to start where this does not hold. */
  private void checkNesting() {
    for (StoredQuotaTree tree : trees.values()) {
      StoredQuotaTree at = tree;
      for (int steps = 0; at != null && at.outer() != StoredQuotaTree.NONE; steps++) {
        if (steps > trees.size() || !trees.containsKey(at.outer())) {
          store(
              "quota tree "
                  + tree.number()
                  + " lies in itself, or in tree "
                  + at.outer()
                  + ", which is not there");
          break;
        }
        at = trees.get(at.outer());
      }
    }
  }

  private void checkFileSystem() {
    byte[] own = volume.get(StoredKeys.fileSystemQuota());
    try {
      if (own != null) {
        StoredQuotaTree.checkFileSystem(own);
      }
    } catch (MalformedValueException e) {
      store("its quota is malformed: " + e.getMessage());
    }
  }

  private void store(String what) {
    findings.add(Kind.STORE, "file system", what);
  }

  /** Takes in an inode. */
  void check(StoredInode inode) {
    if (!inode.gone() && inode.quotaTree() != StoredQuotaTree.NONE) {
      count(inode);
    }
    if (inode.isDirectory() && !trees.isEmpty() && !isUnderWay) {
      checkPlace(inode);
    }
  }

  private void count(StoredInode inode) {
    StoredQuotaTree tree = trees.get(inode.quotaTree());
    if (tree == null) {
      fault(inode.number(), "it counts for quota tree " + inode.quotaTree() + ", not there");
    }
    for (int steps = 0; tree != null && steps <= trees.size(); steps++) {
      Count count = counts.get(tree.number());
      count.objects++;
      count.blocks += inode.usedBlocks();
      tree = trees.get(tree.outer());
    }
  }

  private void checkPlace(StoredInode directory) {
    int around = StoredQuotaTree.NONE;
    byte[] above =
        directory.number() == StoredKeys.ROOT_INODE
            ? null
            : volume.get(StoredKeys.inode(directory.parent()));
    try {
      if (above != null) {
        around = StoredInode.decode(directory.parent(), above).quotaTree();
      }
    } catch (MalformedValueException alreadyTold) {
      return;
    }
    StoredQuotaTree own = byDirectory.remove(directory.number());
    int expected = own == null ? around : own.number();
    if (directory.quotaTree() != expected) {
      fault(
          directory.number(),
          "this directory counts for quota tree "
              + directory.quotaTree()
              + ", and lies in tree "
              + expected);
    }
    if (own != null && (own.outer() != around || own.generation() != directory.generation())) {
      fault(
          directory.number(),
          "its quota says that it lies in tree " + own.outer() + ", and it lies in tree " + around);
    }
  }

  /** All inodes have been checked. */
  void end() {
    for (StoredQuotaTree tree : trees.values()) {
      Count count = counts.get(tree.number());
      if (tree.objects() != count.objects || tree.blocks() != count.blocks) {
        fault(
            tree.directory(),
            "its quota counts %d objects with %d blocks, and there are %d with %d"
                .formatted(tree.objects(), tree.blocks(), count.objects, count.blocks));
      }
    }
    if (!isUnderWay) {
      byDirectory
          .values()
          .forEach(tree -> fault(tree.directory(), "it has a quota, and is no directory"));
    }
  }

  private void fault(long inode, String what) {
    findings.add(Kind.STRUCTURE, () -> names.placeOf(inode), what);
  }
}
