package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.fs.QuotaLimits;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What directories with a quota have come to hold, exactly and at any moment. Each inode bears the
 * number of the nearest one, its <em>tree</em>, which a new one takes over from its directory;
 * whatever a {@link Change} does to an inode it does in the same record to the tree and to those
 * that it lies in. The file system's own quota needs no such count: the volume knows its blocks.
 * Loop-confined.
 */
class Quotas {
  private final Store store;
  private final Int2ObjectHashMap<QuotaTree> trees = new Int2ObjectHashMap<>();
  private final Long2ObjectHashMap<QuotaTree> byDirectory = new Long2ObjectHashMap<>();
  private final QuotaWalk walk;
  private Superblock superblock;
  private QuotaLimits ownLimits = QuotaLimits.UNLIMITED;
  private int nextTree = QuotaTree.NONE + 1;

  Quotas(Store store) {
    this.store = store;
    walk = new QuotaWalk(store, this);
  }

  // --- opening ---

  /** Of a new file system, which has none. */
  void startWith(Superblock newSuperblock) {
    superblock = newSuperblock;
  }

  /** Reads what there is; must have ended before any inode is changed. */
  void load(Superblock opened, Consumer<FsStatus> then) {
    superblock = opened;
    new QuotaLoading(store, this).start(then);
  }

  /** What the map says of the file system's own. */
  void take(QuotaCodec.FileSystemQuota own) {
    ownLimits = own.limits();
    nextTree = own.nextTree();
  }

  void add(QuotaTree tree) {
    trees.put(tree.number, tree);
    if (tree.isQuota()) {
      byDirectory.put(tree.directory.inode(), tree);
    }
  }

  /** Goes on with what an earlier opening has left to be counted. */
  void resume() {
    if (superblock.usesQuotas()) {
      walk.resume();
    }
  }

  /** To be called when a quota was set or lifted: there may be something to count. */
  void count() {
    walk.wake();
  }

  /** Whether nothing is being counted, or nothing that can be. */
  boolean isIdle() {
    return walk.isIdle();
  }

  // --- what there is ---

  /** The tree of that number; null for none. */
  QuotaTree tree(int number) {
    return number == QuotaTree.NONE ? null : trees.get(number);
  }

  /** As {@link #tree}; what counts for a tree that has ended belongs to the one that it lay in. */
  private QuotaTree living(int number) {
    QuotaTree tree = tree(number);
    while (tree != null && tree.phase == QuotaTree.Phase.ENDED) {
      tree = tree.outer;
    }
    return tree;
  }

  /** The quota of exactly this directory; null for none. */
  QuotaTree of(Inode directory) {
    QuotaTree tree = byDirectory.get(directory.number);
    return tree != null && tree.isOf(directory) ? tree : null;
  }

  /** The tree whose number {@code inode} bears, if it is that of exactly this directory. */
  QuotaTree ownOf(Inode inode) {
    QuotaTree tree = tree(inode.quotaTree);
    return tree != null && tree.isOf(inode) ? tree : null;
  }

  /** The quotas of directories, in the order in which they were set. */
  List<QuotaTree> all() {
    List<QuotaTree> all = new ArrayList<>();
    for (QuotaTree tree : trees.values()) {
      if (tree.isQuota()) {
        all.add(tree);
      }
    }
    all.sort((a, b) -> Integer.compareUnsigned(a.number, b.number));
    return all;
  }

  /** The first tree that a walk has something to do for; null if there is none. */
  QuotaTree firstUnderWay() {
    QuotaTree first = null;
    for (QuotaTree tree : trees.values()) {
      if (tree.isUnderWay()
          && (first == null || Integer.compareUnsigned(tree.number, first.number) < 0)) {
        first = tree;
      }
    }
    return first;
  }

  QuotaLimits ownLimits() {
    return ownLimits;
  }

  boolean isOwnLimited() {
    return ownLimits.bytes() != QuotaLimits.NONE || ownLimits.objects() != QuotaLimits.NONE;
  }

  long ownBlocks() {
    return store.volume.space().usedBytes() / Volume.BLOCK_BYTES;
  }

  // --- setting ---

  /** Limits the whole file system. */
  void limitAll(QuotaLimits limits, Change change) {
    ownLimits = limits;
    putOwn(change);
  }

  /**
   * Limits a directory. To be followed by {@link #count}. While an earlier quota of it is still
   * ending, it gets another tree.
   */
  QuotaTree limit(Inode directory, QuotaLimits limits, Change change) {
    QuotaTree tree = of(directory);
    if (tree == null) {
      int number = nextTree++;
      tree = new QuotaTree(number, directory.handle(), limits, QuotaTree.Phase.COUNTING);
      add(tree);
      putOwn(change);
    }
    tree.limits = limits;
    change.quotaTree(tree);
    if (tree.phase == QuotaTree.Phase.COUNTING && directory.entries == 0) {
      mark(directory, tree, change);
      end(tree, change);
    }
    return tree;
  }

  /** Whether one more may be set, of {@code directory}. */
  boolean hasRoomFor(Inode directory) {
    QuotaTree outer = living(directory.quotaTree);
    return of(directory) != null
        || (trees.size() < StoreLimits.MAX_QUOTA_TREES
            && (outer == null || outer.depth() + 1 < StoreLimits.MAX_NESTED_QUOTAS));
  }

  /** Lifts a limit. To be followed by {@link #count}. */
  void lift(Inode directory, QuotaTree tree, Change change) {
    end(tree);
    change.quotaTree(tree);
    boolean isBegun = tree.objects > 0 || directory.quotaTree == tree.number;
    if (directory.entries == 0 || !isBegun) {
      mark(directory, tree, change);
      end(tree, change);
    }
  }

  /** Has a walk take back what one has done, or was to do. */
  void giveUp(QuotaTree tree, Change change) {
    end(tree);
    change.quotaTree(tree);
  }

  private void end(QuotaTree tree) {
    tree.limits = QuotaLimits.UNLIMITED;
    tree.phase = QuotaTree.Phase.ENDING;
    byDirectory.remove(tree.directory.inode());
  }

  /** With the first quota, earlier releases must not open the file system any more. */
  private void putOwn(Change change) {
    change.put(
        Keys.FILE_SYSTEM_QUOTA,
        QuotaCodec.encode(new QuotaCodec.FileSystemQuota(nextTree, ownLimits)));
    if (!superblock.usesQuotas()) {
      superblock = superblock.withQuotas();
      change.put(Keys.SUPERBLOCK, superblock.encode());
    }
  }

  // --- what a walk does ---

  /** The number that a walk gives. */
  int walkedTo(QuotaTree tree) {
    return tree.phase == QuotaTree.Phase.COUNTING
        ? tree.number
        : QuotaTree.numberOf(livingOuter(tree));
  }

  /** Whether a walk changes the number of what bears {@code number}. */
  boolean isWalkedFrom(QuotaTree tree, int number) {
    return tree.phase == QuotaTree.Phase.COUNTING
        ? living(number) == livingOuter(tree)
        : number == tree.number;
  }

  private QuotaTree livingOuter(QuotaTree tree) {
    return tree.outer == null ? null : living(tree.outer.number);
  }

  /** Gives a tree's directory itself the number that the walk gives. */
  void mark(Inode directory, QuotaTree tree, Change change) {
    if (isWalkedTo(tree, directory)) {
      return;
    }
    if (tree.phase == QuotaTree.Phase.COUNTING) {
      tree.outer = living(directory.quotaTree);
      change.quotaTree(tree);
    }
    directory.quotaTree = walkedTo(tree);
    change.inode(directory);
  }

  private static boolean isWalkedTo(QuotaTree tree, Inode directory) {
    boolean bearsIt = directory.quotaTree == tree.number;
    return tree.phase == QuotaTree.Phase.COUNTING ? bearsIt : !bearsIt;
  }

  /** All that a walk was to find has been found. */
  void end(QuotaTree tree, Change change) {
    if (tree.phase == QuotaTree.Phase.COUNTING) {
      tree.phase = QuotaTree.Phase.IN_FORCE;
    } else {
      ended(tree);
    }
    change.quotaTree(tree);
  }

  private void ended(QuotaTree tree) {
    if (tree.isQuota()) {
      byDirectory.remove(tree.directory.inode());
    }
    tree.phase = QuotaTree.Phase.ENDED;
    tree.limits = QuotaLimits.UNLIMITED;
  }

  /**
   * Has {@code tree}, which the walk for another has found, lie where the walk says.
   *
   * @return false if too many would lie in each other then
   */
  boolean nest(QuotaTree tree, QuotaTree walked, Change change) {
    if (!isWalkedFrom(walked, QuotaTree.numberOf(tree.outer))) {
      return true;
    }
    QuotaTree outer = tree(walkedTo(walked));
    int depth = outer == null ? 0 : outer.depth() + 1;
    if (depth + heightOf(tree) >= StoreLimits.MAX_NESTED_QUOTAS) {
      return false;
    }
    addTo(tree.outer, -tree.objects, -tree.blocks, change);
    addTrims(tree.outer, -tree.trims);
    tree.outer = outer;
    addTo(outer, tree.objects, tree.blocks, change);
    addTrims(outer, tree.trims);
    change.quotaTree(tree);
    return true;
  }

  /** How many lie in each other below it. */
  private int heightOf(QuotaTree tree) {
    int height = 0;
    for (QuotaTree each : trees.values()) {
      if (tree.holds(each)) {
        height = Math.max(height, each.depth() - tree.depth());
      }
    }
    return height;
  }

  // --- counting ---

  /** Counts an inode as it has become; called for each that {@code change} puts. */
  void recount(Inode inode, Change change) {
    int now = inode.gone ? QuotaTree.NONE : inode.quotaTree;
    if (now != inode.countedIn) {
      addTo(tree(inode.countedIn), -1, -inode.countedBlocks, change);
      addTo(tree(now), 1, inode.usedBlocks, change);
    } else if (now != QuotaTree.NONE && inode.usedBlocks != inode.countedBlocks) {
      addTo(tree(now), 0, inode.usedBlocks - inode.countedBlocks, change);
    }
    inode.countedIn = now;
    inode.countedBlocks = inode.usedBlocks;
  }

  /** An inode goes for good. */
  final void removed(Inode inode, Change change) {
    recount(inode, change);
    if (inode.isDirectory()) {
      removed(of(inode), change);
      removed(ownOf(inode), change);
    }
  }

  /** A walk did not find a tree's directory: it has been removed, which ended it. */
  void directoryGone(QuotaTree tree, Change change) {
    removed(tree, change);
  }

  private void removed(QuotaTree tree, Change change) {
    if (tree != null) {
      ended(tree);
      change.quotaTree(tree);
    }
  }

  private static void addTo(QuotaTree tree, long objects, long blocks, Change change) {
    for (QuotaTree at = tree; at != null; at = at.outer) {
      at.objects += objects;
      at.blocks += blocks;
      change.quotaTree(at);
    }
  }

  /** Whether nothing is left of a tree; then it is forgotten. */
  boolean isOver(QuotaTree tree) {
    boolean over = tree.phase == QuotaTree.Phase.ENDED && tree.objects == 0;
    if (over) {
      trees.remove(tree.number);
    }
    return over;
  }

  /** A truncation is to free blocks of {@code inode}; what it returns is to be told of the end. */
  QuotaTree trimBegins(Inode inode) {
    QuotaTree tree = tree(inode.quotaTree);
    addTrims(tree, 1);
    return tree;
  }

  /** Nothing more is coming from a truncation. */
  void trimEnds(QuotaTree tree) {
    addTrims(tree, -1);
  }

  private static void addTrims(QuotaTree tree, int more) {
    for (QuotaTree at = tree; at != null; at = at.outer) {
      at.trims += more;
    }
  }

  // --- admitting ---

  /** Whether any limit bears on what counts for tree {@code number}. */
  final boolean isLimited(int number) {
    return number != QuotaTree.NONE || isOwnLimited();
  }

  /**
   * Whether so much may be added to what counts for tree {@code number}: OK, QUOTA_EXCEEDED, or
   * DELAY if it might when what is being freed is free.
   */
  FsStatus admit(int number, long objects, long blocks) {
    FsStatus status = admit(tree(number), null, objects, blocks);
    return status == FsStatus.OK && isOwnLimited() ? admitOwn(objects, blocks) : status;
  }

  /**
   * @param from what it counts for already
   */
  private static FsStatus admit(QuotaTree to, QuotaTree from, long objects, long blocks) {
    for (QuotaTree at = to; at != null && !at.holds(from); at = at.outer) {
      if (!at.admits(objects, blocks)) {
        return at.trims > 0 ? FsStatus.DELAY : FsStatus.QUOTA_EXCEEDED;
      }
    }
    return FsStatus.OK;
  }

  private FsStatus admitOwn(long objects, long blocks) {
    if (QuotaTree.admits(ownLimits, store.numbers.objects(), ownBlocks(), objects, blocks)) {
      return FsStatus.OK;
    }
    return store.isFreeing() ? FsStatus.DELAY : FsStatus.QUOTA_EXCEEDED;
  }

  /**
   * Whether a name may move. A file with one name and an empty directory count elsewhere then; what
   * else would have to be counted anew, and may not, as in XFS.
   *
   * @param target what is replaced, or null
   */
  FsStatus admitRename(Inode from, Inode to, Inode source, Inode target) {
    if (from.quotaTree == to.quotaTree || source.quotaTree == to.quotaTree) {
      return FsStatus.OK;
    }
    boolean alone =
        source.isDirectory()
            ? source.entries == 0 && of(source) == null && ownOf(source) == null
            : source.links == 1;
    if (!alone) {
      return otherQuota(tree(from.quotaTree), tree(to.quotaTree));
    }
    boolean makesRoom =
        target != null && target.quotaTree == to.quotaTree && store.orphans.endsAtOnce(target);
    return admit(
        tree(to.quotaTree),
        tree(source.quotaTree),
        makesRoom ? 0 : 1,
        source.usedBlocks - (makesRoom ? target.usedBlocks : 0));
  }

  /** Whether {@code file} may get a name in {@code directory}. */
  FsStatus admitLink(Inode file, Inode directory) {
    QuotaTree of = living(file.quotaTree);
    QuotaTree in = living(directory.quotaTree);
    return of == in ? FsStatus.OK : otherQuota(of, in);
  }

  /** While numbers are being given, they differ within a tree, too: that passes. */
  private FsStatus otherQuota(QuotaTree one, QuotaTree other) {
    boolean passes =
        walk.isMoving()
            && ((one != null && one.isUnderWay()) || (other != null && other.isUnderWay()));
    return passes ? FsStatus.DELAY : FsStatus.OTHER_QUOTA;
  }

  /** A name has moved, as {@link #admitRename} has allowed; the caller puts the inode. */
  void renamed(Inode from, Inode to, Inode source, Change change) {
    if (source.quotaTree == to.quotaTree) {
      return;
    }
    if (from.quotaTree != to.quotaTree) {
      source.quotaTree = to.quotaTree;
    } else if (walk.under(to.quotaTree) != null) {
      renamedBehind(walk.under(to.quotaTree), source, change);
    } // else a file that counts where another of its names was, or a directory with a quota
  }

  /** The walk for {@code walked} may be past the place where {@code source} has come to be. */
  private void renamedBehind(QuotaTree walked, Inode source, Change change) {
    if (ownOf(source) != null) {
      walk.met(ownOf(source), change);
    } else if (isWalkedFrom(walked, source.quotaTree)) {
      if (source.isDirectory()) {
        walk.toVisit(source, change);
      } else {
        source.quotaTree = walkedTo(walked);
      }
    }
  }
}
