package io.atoll.control;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.QuotaLimits;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * What a node does for its resources. Every deed may be done again, so that a crash between the
 * record of a resource and the deed is mended by doing it again. What can't be done fails with a
 * {@link HostRefusal}, and nothing has changed then; another failure is a defect.
 *
 * <p>Thread-safe: called from any thread, event loops included, and never blocks. Futures complete
 * on whatever thread ended the deed. Deeds for one file system are done one after the other, in the
 * order of the calls.
 */
public interface FileSystemHost {

  /**
   * Makes a file system and opens it, with a folder of its own on the node's disk. One that is
   * there already is opened, and stays as it was made.
   *
   * @param shape what is fixed at creation, and the throughput to begin with
   * @return fails with {@link HostRefusal.Reason#NO_ROOM} if the disk has none for an empty one,
   *     {@link HostRefusal.Reason#TOO_MANY} at the node's bound, {@link
   *     HostRefusal.Reason#NOT_SUPPORTED} for a shape that this node can't give, {@link
   *     HostRefusal.Reason#STORE} if what is there can't be opened
   */
  Future<Void> create(FileSystemId id, FileSystemShape shape);

  /**
   * Opens a file system that is there; nothing if it is open.
   *
   * @return fails with {@link HostRefusal.Reason#NOT_THERE} if its folder is not, {@link
   *     HostRefusal.Reason#STORE} if it can't be opened
   */
  Future<Void> open(FileSystemId id, FileSystemShape shape);

  /**
   * Cuts its clients, closes it, and moves its folder aside, durably: completes then. What it took
   * of the disk is given back in the background, in bounded steps, also after a crash. Nothing if
   * it is not there. Whoever calls sees to it that nobody mounts it any more.
   */
  Future<Void> delete(FileSystemId id);

  /**
   * Has the file system served at an address, beside those where it is served already. It stays so
   * until {@link #unlisten}, over each time that the file system is fenced and opened again.
   *
   * @param at with port 0, any free one; an address that the file system is served at already gets
   *     the access rule given now
   * @return where it listens; fails with {@link HostRefusal.Reason#NOT_OPEN} if the file system is
   *     not open, {@link HostRefusal.Reason#ADDRESS} if the address can't be had
   */
  Future<InetSocketAddress> listen(FileSystemId id, MountPoint at);

  /** Stops listening there, and cuts the connections that came by it. Nothing if nobody listens. */
  Future<Void> unlisten(FileSystemId id, InetSocketAddress at);

  /** Asks the access rule of an address again about each connection, and cuts those it refuses. */
  Future<Void> recheck(FileSystemId id, InetSocketAddress at);

  /**
   * Lets clients mount an access point, as {@code /ID} or by a mount point of it, until {@link
   * #removeAccessPoint}. Nothing if they can.
   *
   * @return fails with {@link HostRefusal.Reason#NOT_OPEN} if the file system is not open
   */
  Future<Void> addAccessPoint(FileSystemId id, AccessPointShape accessPoint);

  /**
   * Lets no client mount it any more; connections that use it go on. Nothing if none could, or the
   * file system is not open.
   */
  Future<Void> removeAccessPoint(FileSystemId id, String accessPoint);

  /**
   * Sets or changes the quota of a directory of an open file system: durable when the future
   * completes.
   *
   * @param path the names that lead to it from the root; none for the file system's own quota
   * @param creation how the directory is made if it is not there; null if it is not
   * @return fails with {@link HostRefusal.Reason#NO_DIRECTORY_OR_QUOTA}, {@link
   *     HostRefusal.Reason#TOO_MANY_QUOTAS} or {@link HostRefusal.Reason#NOT_OPEN}
   */
  Future<DirectoryQuota> setQuota(
      FileSystemId id, List<String> path, AccessPointShape.Creation creation, QuotaLimits limits);

  /** Lifts the quota of a directory; fails as {@link #setQuota}. */
  Future<Void> removeQuota(FileSystemId id, List<String> path);

  /** The quota of a directory; fails as {@link #setQuota}. */
  Future<DirectoryQuota> quota(FileSystemId id, List<String> path);

  /** All quotas of an open file system, its own first. */
  Future<List<DirectoryQuota>> quotas(FileSystemId id);

  /**
   * Changes throughput mode or provisioned rate of a file system, for requests that wait, too.
   *
   * @return fails with {@link HostRefusal.Reason#NOT_OPEN} if it is not open
   */
  Future<ChangeVerdict> changeThroughput(FileSystemId id, ThroughputSettings wanted);

  /** What a file system can be made as. */
  Set<PerformanceMode> performanceModes();

  /**
   * The performance mode of one that is {@link #present}, as it was made. May block.
   *
   * @return null if it can't be told: then it can't be opened, either
   */
  PerformanceMode performanceMode(FileSystemId id);

  /** What is known of a file system now; null if it is not open. An estimate of a moment ago. */
  FileSystemFigures figures(FileSystemId id);

  /** The file systems that are there, open or not, by name. What is being removed is none. */
  List<FileSystemId> present();
}
