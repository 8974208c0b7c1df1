package io.atoll.fs.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Counts what lies in quota trees anew, and compares: with what is kept of each, and, where no walk
 * is under way, the number that each directory bears with where it lies.
 */
final class QuotaCheck {
  private final NavigableMap<byte[], byte[]> map;
  private final Map<Long, Inode> inodes;
  private final Map<Integer, QuotaTree> trees = new HashMap<>();
  private final Map<Integer, Integer> outers = new HashMap<>();
  private final Map<Integer, long[]> counted = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private QuotaCheck(NavigableMap<byte[], byte[]> map, Map<Long, Inode> inodes) {
    this.map = map;
    this.inodes = inodes;
  }

  static List<String> faults(NavigableMap<byte[], byte[]> map, Map<Long, Inode> inodes) {
    QuotaCheck check = new QuotaCheck(map, inodes);
    check.load();
    check.count();
    check.compare();
    if (check.trees.values().stream().noneMatch(QuotaTree::isUnderWay)) {
      check.checkDirectories();
      if (!map.subMap(Keys.quotaWalk(0), Keys.quotaWalk(-1)).isEmpty()) {
        check.faults.add("directories are to be looked through, and no tree is being counted");
      }
    }
    return check.faults;
  }

  private void load() {
    byte[] end = {Keys.QUOTA, Keys.QUOTA_TREE + 1};
    map.subMap(Keys.quotaTree(0), end)
        .forEach((key, value) -> {
          int number = BigEndian.getInt(key, Keys.QUOTA_NUMBER_AT);
          trees.put(number, QuotaCodec.decodeTree(number, value));
          outers.put(number, QuotaCodec.outerOf(value));
        });
  }

  private void count() {
    for (Inode inode : inodes.values()) {
      int number = inode.gone ? QuotaTree.NONE : inode.quotaTree;
      while (number != QuotaTree.NONE) {
        long[] sums = counted.computeIfAbsent(number, unknown -> new long[2]);
        sums[0]++;
        sums[1] += inode.usedBlocks;
        number = outers.getOrDefault(number, QuotaTree.NONE);
      }
    }
  }

  private void compare() {
    counted.keySet().stream()
        .filter(number -> !trees.containsKey(number))
        .forEach(number -> faults.add("inodes bear the number of tree " + number + ", not there"));
    for (QuotaTree tree : trees.values()) {
      long[] sums = counted.getOrDefault(tree.number, new long[2]);
      if (tree.objects != sums[0] || tree.blocks != sums[1]) {
        faults.add(
            "tree %d (%s) counts %d objects and %d blocks, and has %d and %d"
                .formatted(tree.number, tree.phase, tree.objects, tree.blocks, sums[0], sums[1]));
      }
      if (tree.phase == QuotaTree.Phase.ENDED && sums[0] == 0) {
        faults.add("tree " + tree.number + " has ended, and nothing is left of it");
      }
    }
  }

  private void checkDirectories() {
    Map<Long, QuotaTree> byDirectory = new HashMap<>();
    trees.values().stream()
        .filter(QuotaTree::isQuota)
        .forEach(tree -> byDirectory.put(tree.directory.inode(), tree));
    for (Inode inode : inodes.values()) {
      if (!inode.isDirectory()) {
        continue;
      }
      Inode parent = inodes.get(inode.parent);
      int around = parent == null || parent == inode ? QuotaTree.NONE : parent.quotaTree;
      QuotaTree own = byDirectory.remove(inode.number);
      if (inode.quotaTree != (own == null ? around : own.number)) {
        faults.add(
            "directory %d bears the number %d in one with %d"
                .formatted(inode.number, inode.quotaTree, around));
      }
      if (own != null && outers.get(own.number) != around) {
        faults.add("tree " + own.number + " lies in tree " + around + ", and says in another");
      }
    }
    byDirectory
        .values()
        .forEach(tree -> faults.add("tree " + tree.number + " has lost its directory"));
  }
}
