package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.modes.meter.StorageMetering;

/**
 * A directory with a quota, and what it has come to hold: the inodes that bear its number, and
 * those of the trees that lie in it. Changed only within a {@link Change}, which puts it into its
 * record.
 */
final class QuotaTree {
  /** In inodes: the number of no tree. */
  static final int NONE = 0;

  final int number;
  final FileHandle directory;

  /** The tree that its directory lies in; null for none. */
  QuotaTree outer;

  QuotaLimits limits;
  Phase phase;
  long objects;
  long blocks;

  /** Truncations in it that are freeing blocks behind their answers. Not stored. */
  int trims;

  /** The change being made alters it. Not stored. */
  boolean changed;

  /** What is going on with a tree. Codes are on disk: never renumber. */
  enum Phase {
    /** {@link QuotaWalk} is to give inodes its number. */
    COUNTING(1),
    IN_FORCE(2),
    /** {@link QuotaWalk} is to take its number from inodes. */
    ENDING(3),
    /** Bears on nothing any more; gone with the last inode that bears its number. */
    ENDED(4);

    final int code;

    Phase(int code) {
      this.code = code;
    }

    static Phase ofCode(int code) {
      for (Phase phase : values()) {
        if (phase.code == code) {
          return phase;
        }
      }
      return null;
    }
  }

  QuotaTree(int number, FileHandle directory, QuotaLimits limits, Phase phase) {
    this.number = number;
    this.directory = directory;
    this.limits = limits;
    this.phase = phase;
  }

  /** The number of a tree that may be none. */
  static int numberOf(QuotaTree tree) {
    return tree == null ? NONE : tree.number;
  }

  /** Whether it is that of exactly this directory. */
  boolean isOf(Inode inode) {
    return inode.number == directory.inode() && inode.generation == directory.generation();
  }

  /** Whether a walk has something to do for it. */
  boolean isUnderWay() {
    return phase == Phase.COUNTING || phase == Phase.ENDING;
  }

  /** Whether it is to be told of. */
  boolean isQuota() {
    return phase == Phase.COUNTING || phase == Phase.IN_FORCE;
  }

  /** Whether so much more does not go over a limit that is in force. */
  boolean admits(long moreObjects, long moreBlocks) {
    return phase != Phase.IN_FORCE || admits(limits, objects, blocks, moreObjects, moreBlocks);
  }

  /** Whether so much more goes over no limit; what does not grow never does. */
  static boolean admits(
      QuotaLimits limits, long objects, long blocks, long moreObjects, long moreBlocks) {
    return (moreObjects <= 0 || moreObjects <= limits.objects() - objects)
        && (bytes(moreObjects, moreBlocks) <= 0
            || bytes(moreObjects, moreBlocks) <= limits.bytes() - bytes(objects, blocks));
  }

  static long bytes(long objects, long blocks) {
    return StorageMetering.fileSystemBytes(objects, blocks);
  }

  long usedBytes() {
    return bytes(objects, blocks);
  }

  /** Whether {@code other} is this one or lies in it. */
  boolean holds(QuotaTree other) {
    for (QuotaTree at = other; at != null; at = at.outer) {
      if (at == this) {
        return true;
      }
    }
    return false;
  }

  /** How many trees it lies in. */
  int depth() {
    int depth = 0;
    for (QuotaTree at = outer; at != null; at = at.outer) {
      depth++;
    }
    return depth;
  }

  Quota quota() {
    return new Quota(
        directory,
        limits,
        usedBytes(),
        objects,
        phase == Phase.COUNTING ? Quota.State.COUNTING : Quota.State.IN_FORCE);
  }
}
