package io.atoll.control.service;

import io.atoll.control.AccessPointShape;
import io.atoll.control.DirectoryQuota;
import io.atoll.control.FileSystemHost;
import io.atoll.control.HostRefusal;
import io.atoll.fs.QuotaLimits;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Quotas of file systems, access points and directories. They are kept with what they limit, by the
 * file system itself, so there are no records of them here. Confined to the control thread; futures
 * complete on any.
 */
public final class Quotas {
  private static final int PATH_BYTES_MAX = 4096;
  private static final int NAME_BYTES_MAX = 255;

  private final FileSystems fileSystems;
  private final AccessPoints accessPoints;
  private final FileSystemDeeds deeds;
  private final FileSystemHost host;

  Quotas(
      FileSystems fileSystems,
      AccessPoints accessPoints,
      FileSystemDeeds deeds,
      FileSystemHost host) {
    this.fileSystems = fileSystems;
    this.accessPoints = accessPoints;
    this.deeds = deeds;
    this.host = host;
  }

  /**
   * A quota as it is told.
   *
   * @param fileSystemId whose it is
   */
  public record Told(String fileSystemId, DirectoryQuota quota) {}

  /**
   * What a quota is of.
   *
   * @param path from the file system's root; none for the file system itself
   * @param creation how an access point makes its directory; null for none
   */
  private record Target(
      String fileSystemId, List<String> path, AccessPointShape.Creation creation) {}

  /**
   * Sets the quota of {@code target}: a file system's ID, an access point's, which stands for its
   * root directory, or a file system's with a path, as {@code fs-…:/a/b}. An access point's
   * directory that is not there is made as a mount would.
   */
  public Future<Told> set(String target, QuotaLimits limits) throws Refusal {
    Target of = target(target);
    return told(of, host.setQuota(deeds.hostId(of.fileSystemId), of.path, of.creation, limits));
  }

  /** Lifts the quota of {@code target}. */
  public Future<Void> remove(String target) throws Refusal {
    Target of = target(target);
    return host.removeQuota(deeds.hostId(of.fileSystemId), of.path).recover(Quotas::refused);
  }

  /** The quota of {@code target}. */
  public Future<Told> get(String target) throws Refusal {
    Target of = target(target);
    return told(of, host.quota(deeds.hostId(of.fileSystemId), of.path));
  }

  /** All quotas of a file system, its own first. */
  public Future<List<Told>> of(String fileSystemId) throws Refusal {
    String id = fileSystems.getAvailable(fileSystemId).id();
    return host.quotas(deeds.hostId(id))
        .map(all -> all.stream().map(quota -> new Told(id, quota)).toList())
        .recover(Quotas::refused);
  }

  private static Future<Told> told(Target of, Future<DirectoryQuota> quota) {
    return quota.map(found -> new Told(of.fileSystemId, found)).recover(Quotas::refused);
  }

  private static <T> Future<T> refused(Throwable cause) {
    return Future.failedFuture(cause instanceof HostRefusal refusal ? Refusal.of(refusal) : cause);
  }

  private Target target(String text) throws Refusal {
    if (text.startsWith("fsap-")) {
      AccessPointShape shape = FileSystemDeeds.shape(accessPoints.get(text));
      String id = accessPoints.get(text).fileSystemId();
      return new Target(fileSystems.getAvailable(id).id(), shape.path(), shape.creation());
    }
    int colon = text.indexOf(':');
    String id = colon < 0 ? text : text.substring(0, colon);
    List<String> path = colon < 0 ? List.of() : path(text.substring(colon + 1));
    return new Target(fileSystems.getAvailable(id).id(), path, null);
  }

  private static List<String> path(String text) throws Refusal {
    if (!text.startsWith("/") || text.getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
      throw Refusal.badRequest(
          "the path '"
              + text
              + "' must begin with / and have at most "
              + PATH_BYTES_MAX
              + " bytes");
    }
    List<String> names = Arrays.stream(text.split("/")).filter(name -> !name.isEmpty()).toList();
    for (String name : names) {
      if (name.equals(".")
          || name.equals("..")
          || name.indexOf('\0') >= 0
          || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
        throw Refusal.badRequest("'" + name + "' in the path '" + text + "' is no name");
      }
    }
    return names;
  }
}
