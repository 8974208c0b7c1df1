package io.atoll.fs.store;

import io.atoll.fs.FsStatistics;
import io.atoll.fs.QuotaLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * The facts of a file system as quotas have them look: the size is the nearest limit, and what is
 * left is what all limits leave.
 */
final class QuotaStatistics {
  private long total;
  private long free;
  private long available;

  private QuotaStatistics(long total, long free, long available) {
    this.total = total;
    this.free = free;
    this.available = available;
  }

  /**
   * @param number of the tree for which the object counts
   * @param all the facts of the whole file system
   */
  static FsStatistics of(Quotas quotas, int number, FsStatistics all) {
    QuotaStatistics bytes =
        new QuotaStatistics(all.totalBytes(), all.freeBytes(), all.availableBytes());
    QuotaStatistics files = new QuotaStatistics(all.totalFiles(), all.freeFiles(), all.freeFiles());
    long used = all.quotaUsedBytes();
    long objects = all.totalFiles() - all.freeFiles();
    bytes.take(quotas.ownLimits().bytes(), used);
    files.take(quotas.ownLimits().objects(), objects);
    long left = left(quotas.ownLimits().bytes(), used);
    for (QuotaTree at : fromOuter(quotas.tree(number))) {
      used = at.usedBytes();
      bytes.take(at.limits.bytes(), used);
      files.take(at.limits.objects(), at.objects);
      left = Math.min(left, left(at.limits.bytes(), used));
    }
    return new FsStatistics(
        bytes.total, bytes.free, bytes.available, files.total, files.available, used, left);
  }

  private static List<QuotaTree> fromOuter(QuotaTree tree) {
    List<QuotaTree> found = new ArrayList<>();
    for (QuotaTree at = tree; at != null; at = at.outer) {
      if (at.isQuota()) {
        found.addFirst(at);
      }
    }
    return found;
  }

  private static long left(long limit, long used) {
    return limit == QuotaLimits.NONE ? limit : Math.max(0, limit - used);
  }

  private void take(long limit, long used) {
    if (limit != QuotaLimits.NONE) {
      total = limit;
      free = left(limit, used);
      available = Math.min(available, free);
    }
  }
}
