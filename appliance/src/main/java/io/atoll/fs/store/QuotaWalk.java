package io.atoll.fs.store;

import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives all that lies below a directory the number of its quota tree, or takes it away: in the
 * background, by bounded records, one tree after the other. Each directory gets the number before
 * its entries are looked through, so that what is made or moved there meanwhile has it already;
 * below one that is found to have it, nothing is left to do. Which directories are still to be
 * looked through is kept in the map ({@link Keys#QUOTA_WALK}), so there may be any number of them,
 * and a crash takes back no more than a step.
 */
class QuotaWalk {
  private static final Logger LOG = LoggerFactory.getLogger(QuotaWalk.class);
  static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long LONGEST_RETRY_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int CLEARED_AT_ONCE = 256;
  private static final byte[] QUEUE_END = {Keys.QUOTA, Keys.QUOTA_WALK + 1};

  private final Store store;
  private final Quotas quotas;
  private boolean running;

  /** The queue may have directories of trees that have ended before they were looked through. */
  private boolean leftovers;

  /** It could not go on, and tries again later. */
  private boolean stuck;

  /** Where that was: it begins anew each time, and goes on when it has passed here. */
  private long stuckAt;

  /** How long it waits the next time that it can't go on. */
  private long retryNanos = FIRST_RETRY_NANOS;

  /** What it is at work for, and what was to be done with it when it began. */
  private QuotaTree tree;

  private QuotaTree.Phase phase;

  /** The queue is searched from this directory on. */
  private long position;

  // The directory that is being looked through, pinned.
  private Inode directory;
  private final List<Found> found = new ArrayList<>();
  private int loading;
  private boolean fenced;

  QuotaWalk(Store store, Quotas quotas) {
    this.store = store;
    this.quotas = quotas;
  }

  /** An entry of the directory, and what it names; both pinned, or null if they can't be had. */
  private static final class Found {
    final Volume.Entry stored;
    DirectoryEntry entry;
    Inode inode;

    Found(Volume.Entry stored) {
      this.stored = stored;
    }
  }

  // --- what others ask and tell ---

  /** There may be something to do. */
  void wake() {
    if (!running && (leftovers || quotas.firstUnderWay() != null)) {
      running = true;
      store.loop.execute(this::next);
    }
  }

  /** There may be something to do that an earlier opening has left. */
  void resume() {
    leftovers = true;
    wake();
  }

  /** Whether it is at work, and not kept from it by a failure. */
  boolean isMoving() {
    return running && !stuck;
  }

  /** Whether there is nothing to do, or nothing that can be done now. */
  boolean isIdle() {
    return !running || stuck;
  }

  /** The tree that it is at work for, if it gives {@code number}; else null. */
  QuotaTree under(int number) {
    return running && tree != null && isCurrent() && quotas.walkedTo(tree) == number ? tree : null;
  }

  /** Another tree's directory has come to where it may be past. */
  void met(QuotaTree other, Change change) {
    nest(other, change);
  }

  /** A directory that it has not come to has come to where it may be past. */
  void toVisit(Inode other, Change change) {
    change.put(Keys.quotaWalk(other.number), QuotaCodec.encodeWalk(tree, 0));
    position = Math.min(position, other.number);
  }

  private boolean isCurrent() {
    return tree.phase == phase;
  }

  // --- from tree to tree ---

  private void next() {
    tree = quotas.firstUnderWay();
    if (tree == null) {
      clear();
      return;
    }
    phase = tree.phase;
    position = 0;
    step(() -> store.whenRoom(status -> proceed(status, this::pinRoot)));
  }

  private void pinRoot() {
    store.inodes.pin(
        tree.directory.inode(),
        0,
        null,
        (status, root) -> {
          directory = root;
          proceed(status, this::begin);
        });
  }

  private void begin() {
    Change change = store.change();
    if (directory == null || directory.gone || !tree.isOf(directory)) {
      quotas.directoryGone(tree, change);
    } else if (isCurrent()) {
      quotas.mark(directory, tree, change);
      change.put(Keys.quotaWalk(directory.number), QuotaCodec.encodeWalk(tree, 0));
    }
    change.append(null);
    unpin();
    store.loop.execute(this::search);
  }

  /** With no tree under way, nothing in the queue is to be looked through. */
  private void clear() {
    if (!leftovers) {
      running = false;
      return;
    }
    step(() ->
        store.whenRoom(room ->
            proceed(
                room,
                () ->
                    store.scan(
                        Keys.quotaWalk(0),
                        QUEUE_END,
                        CLEARED_AT_ONCE,
                        this::clear,
                        this::failed))));
  }

  private void clear(List<Volume.Entry> queued) {
    leftovers = !queued.isEmpty();
    if (leftovers) {
      Change change = store.change();
      queued.forEach(each -> change.delete(each.key()));
      change.appendLazily(null);
    }
    goesOn();
    store.loop.execute(this::next);
  }

  /** The next directory of the queue. */
  private void search() {
    if (!isCurrent()) {
      leftovers = true;
      next();
      return;
    }
    step(() ->
        store.whenRoom(room ->
            proceed(
                room,
                () ->
                    store.scan(
                        Keys.quotaWalk(position),
                        QUEUE_END,
                        1,
                        entries -> {
                          if (entries.isEmpty()) {
                            queueEnded();
                          } else {
                            visit(entries.getFirst());
                          }
                        },
                        this::failed))));
  }

  private void queueEnded() {
    if (position > 0) {
      position = 0; // directories with lower numbers may have come in
      search();
      return;
    }
    if (isCurrent()) {
      Change change = store.change();
      quotas.end(tree, change);
      change.append(null);
    }
    goesOn();
    next();
  }

  // --- a directory ---

  private void visit(Volume.Entry queued) {
    long number = BigEndian.getLong(queued.key(), Keys.QUOTA_NUMBER_AT);
    position = number;
    boolean isOurs = QuotaCodec.treeOfWalk(number, queued.value()) == tree.number;
    if (!isOurs) {
      leave(number);
      return;
    }
    long cookie = QuotaCodec.cookieOfWalk(queued.value());
    store.inodes.pin(
        number,
        0,
        null,
        (status, inode) -> {
          directory = inode;
          proceed(status, () -> visit(number, cookie));
        });
  }

  private void visit(long number, long cookie) {
    if (directory == null || directory.gone || !isCurrent()) {
      leave(number);
    } else if (directory.quotaTree == quotas.walkedTo(tree)) {
      look(Math.max(cookie, DirectoryVisitor.FIRST_COOKIE));
    } else {
      store.inodes.pin(
          directory.parent,
          0,
          null,
          (status, parent) ->
              proceed(
                  status,
                  () -> {
                    boolean isBelow = parent != null && isBelow(parent);
                    if (parent != null) {
                      store.inodes.unpin(parent);
                    }
                    if (isBelow) {
                      enter(number);
                    } else {
                      leave(number);
                    }
                  }));
    }
  }

  /**
   * Only what lies in a directory with the number gets it: it may have moved since it was found.
   */
  private boolean isBelow(Inode parent) {
    return !directory.gone
        && directory.parent == parent.number
        && parent.quotaTree == quotas.walkedTo(tree)
        && isCurrent();
  }

  private void enter(long number) {
    Change change = store.change();
    QuotaTree own = quotas.ownOf(directory);
    boolean isWalked = own == null && quotas.isWalkedFrom(tree, directory.quotaTree);
    if (own != null) {
      nest(own, change); // its quota was set after it had been found
    }
    if (isWalked) {
      directory.quotaTree = quotas.walkedTo(tree);
      change
          .inode(directory)
          .put(Keys.quotaWalk(number), QuotaCodec.encodeWalk(tree, DirectoryVisitor.FIRST_COOKIE))
          .appendLazily(null);
      look(DirectoryVisitor.FIRST_COOKIE);
    } else {
      change.delete(Keys.quotaWalk(number)).appendLazily(null);
      unpin();
      position = number + 1;
      store.loop.execute(this::search);
    }
  }

  /** Nothing is left to do there. */
  private void leave(long number) {
    unpin();
    store.change().delete(Keys.quotaWalk(number)).appendLazily(null);
    position = number + 1;
    store.loop.execute(this::search);
  }

  private void look(long cookie) {
    store.scan(
        Keys.cookie(directory.number, cookie),
        Keys.cookie(directory.number, Long.MAX_VALUE),
        StoreLimits.QUOTA_STEP_ENTRIES,
        this::load,
        this::failed);
  }

  private void load(List<Volume.Entry> entries) {
    // One more than there are, so that those that come at once don't end the loading too early.
    loading = 2 * entries.size() + 1;
    for (Volume.Entry stored : entries) {
      EntryCodec.checkByCookie(stored.value());
      Found each = new Found(stored);
      found.add(each);
      store.entries.pin(
          directory.number,
          0,
          EntryCodec.nameOf(stored.value()),
          (status, entry) -> {
            each.entry = entry;
            loaded(status);
          });
      store.inodes.pin(
          EntryCodec.inodeOf(stored.value()),
          0,
          null,
          (status, inode) -> {
            each.inode = inode;
            loaded(status);
          });
    }
    loaded(FsStatus.OK);
  }

  private void loaded(FsStatus status) {
    fenced |= status == FsStatus.FENCED;
    if (--loading == 0) {
      proceed(fenced ? FsStatus.FENCED : FsStatus.OK, this::act);
    }
  }

  private void act() {
    boolean last = found.size() < StoreLimits.QUOTA_STEP_ENTRIES;
    long number = directory.number;
    if (directory.gone || !isCurrent()) {
      unpin();
      search();
      return;
    }
    Change change = store.change();
    for (Found each : found) {
      take(each, change);
    }
    if (last) {
      change.delete(Keys.quotaWalk(number));
    } else {
      long nextCookie = Keys.cookieOf(found.getLast().stored.key()) + 1;
      change.put(Keys.quotaWalk(number), QuotaCodec.encodeWalk(tree, nextCookie));
    }
    change.appendLazily(null);
    unpin();
    if (number == stuckAt) {
      goesOn();
    }
    store.loop.execute(this::search);
  }

  private void take(Found each, Change change) {
    Inode inode = each.inode;
    if (inode == null || each.entry == null) {
      if (each.entry == null || each.entry.isPresent()) {
        LOG.error(
            "An object in directory {} can't be read and is not counted for the quota of inode {};"
                + " 'atoll fsck' says what is damaged",
            directory.number,
            tree.directory.inode());
      }
      return;
    }
    if (inode.gone || each.entry.inode != inode.number) {
      return; // removed or moved meanwhile
    }
    QuotaTree own = quotas.ownOf(inode);
    if (own != null) {
      nest(own, change);
    } else if (quotas.isWalkedFrom(tree, inode.quotaTree)) {
      if (inode.isDirectory()) {
        change.put(Keys.quotaWalk(inode.number), QuotaCodec.encodeWalk(tree, 0));
        position = Math.min(position, inode.number);
      } else {
        inode.quotaTree = quotas.walkedTo(tree);
        change.inode(inode);
      }
    }
  }

  private void nest(QuotaTree other, Change change) {
    if (!quotas.nest(other, tree, change)) {
      LOG.error(
          "The quota of inode {} is given up: quotas may lie in each other {} deep, and with it"
              + " those below would lie deeper",
          tree.directory.inode(),
          StoreLimits.MAX_NESTED_QUOTAS);
      quotas.giveUp(tree, change);
    }
  }

  private void unpin() {
    for (Found each : found) {
      if (each.entry != null) {
        store.entries.unpin(each.entry);
      }
      if (each.inode != null) {
        store.inodes.unpin(each.inode);
      }
    }
    found.clear();
    if (directory != null) {
      store.inodes.unpin(directory);
      directory = null;
    }
  }

  // --- failures ---

  private void proceed(FsStatus status, Runnable then) {
    if (status == FsStatus.OK) {
      step(then);
    } else {
      failed(status);
    }
  }

  /** Goes on; an exception is a failure, too. */
  private void step(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failed(store.defect("counting for a quota", e));
    }
  }

  private void failed(FsStatus status) {
    long at = whereItIs();
    unpin();
    if (status == FsStatus.FENCED) {
      return;
    }
    if (!stuck) {
      LOG.error(
          "{} could not be counted for its quota, having come to inode {} ({}); it is tried"
              + " again, at last every {} s, and what else is to be counted waits",
          tree == null ? "What is left of earlier ones" : "What lies below " + tree.directory,
          at,
          status,
          TimeUnit.NANOSECONDS.toSeconds(LONGEST_RETRY_NANOS));
    }
    stuck = true;
    stuckAt = at;
    store.loop.schedule(retryNanos, this::next);
    retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
  }

  /** The directory that is being looked through, or from which on the queue is searched. */
  private long whereItIs() {
    if (directory != null) {
      return directory.number;
    }
    return position > 0 || tree == null ? position : tree.directory.inode();
  }

  private void goesOn() {
    if (stuck) {
      LOG.info("Counting for quotas goes on");
    }
    stuck = false;
    retryNanos = FIRST_RETRY_NANOS;
  }
}
