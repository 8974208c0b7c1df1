package io.atoll.control.catalog;

import io.atoll.control.FileSystemHost;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.atoll.control.MountPoint;
import io.atoll.fs.FileSystemId;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ModeControl;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file systems that a node was told to have. What is asked for is recorded first and done then,
 * so that a start after a crash does what is left. Thread-safe, one after the other; blocks.
 */
public final class FileSystemCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystemCatalog.class);

  /** A disk may hang. */
  private static final long DEED_SECONDS = 120;

  private final FileSystemHost host;
  private final CatalogFile file;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, CatalogEntry> entries = new LinkedHashMap<>();

  /**
   * Loads what was recorded.
   *
   * @param path of the record; made with the first entry
   * @throws IllegalStateException if it can't be understood
   */
  public FileSystemCatalog(Path path, FileSystemHost host) {
    this.host = host;
    file = new CatalogFile(path);
    file.load().forEach(entry -> entries.put(entry.id(), entry));
  }

  /** Does what is recorded and not done. What can't be done is logged, and keeps nothing else. */
  public synchronized void converge() {
    for (CatalogEntry entry : List.copyOf(entries.values())) {
      try {
        if (entry.isDeleted()) {
          finishDeleting(entry);
        } else {
          bringUp(entry);
        }
      } catch (HostRefusal refusal) {
        LOG.error("{} is not served: {}", entry.id(), refusal.getMessage());
      }
    }
  }

  /** What it was told of, but for those that are to go, and what else the node has. */
  public synchronized List<FileSystemDescription> list() {
    List<FileSystemDescription> all = new ArrayList<>();
    for (FileSystemId id : host.present()) {
      CatalogEntry entry = entries.get(id.toString());
      if (entry == null || !entry.isDeleted()) {
        FileSystemShape shape = entry == null ? FileSystemShape.DEFAULT : entry.shape();
        all.add(new FileSystemDescription(id.toString(), shape, host.figures(id)));
      }
    }
    return all;
  }

  /** One of {@link #list}; fails if it is not there. */
  public FileSystemDescription show(String id) {
    return list().stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(() -> notThere(id));
  }

  /**
   * Makes a file system.
   *
   * @param address where it is served; null for nowhere
   * @throws HostRefusal if it can't be made or served there; then nothing of it is left
   */
  public synchronized FileSystemDescription create(FileSystemShape shape, MountAddress address) {
    accept(
        ModeControl.judge(shape.performanceMode(), ThroughputLimits.DEFAULT, shape.throughput()));
    FileSystemId id = new FileSystemId(random.nextLong(), random.nextLong());
    CatalogEntry entry = new CatalogEntry(id.toString(), shape, address, false);
    put(entry);
    try {
      await(host.create(id, shape));
      serve(entry);
    } catch (HostRefusal refusal) {
      put(entry.deleted());
      finishDeleting(entry);
      throw refusal;
    }
    return show(entry.id());
  }

  /**
   * Changes throughput mode and rate, live.
   *
   * @throws HostRefusal if it is not there, or may not be changed so
   */
  public synchronized FileSystemDescription update(String id, ThroughputSettings wanted) {
    show(id);
    accept(await(host.changeThroughput(parse(id), wanted)));
    CatalogEntry entry = entries.get(id);
    if (entry != null) {
      put(entry.with(wanted));
    }
    return show(id);
  }

  /**
   * Deletes a file system, with all that is in it; its clients are cut.
   *
   * @throws HostRefusal if it is not there
   */
  public synchronized void delete(String id) {
    FileSystemDescription description = show(id);
    CatalogEntry entry = new CatalogEntry(id, description.shape(), null, true);
    put(entry);
    finishDeleting(entry);
  }

  private void finishDeleting(CatalogEntry entry) {
    await(host.delete(parse(entry.id())));
    entries.remove(entry.id());
    file.store(entries.values());
  }

  private void bringUp(CatalogEntry entry) {
    await(host.create(parse(entry.id()), entry.shape()));
    serve(entry);
  }

  private void serve(CatalogEntry entry) {
    if (entry.address() != null) {
      MountPoint at = MountPoint.openAt(entry.address().address());
      await(host.listen(parse(entry.id()), at));
    }
  }

  private void put(CatalogEntry entry) {
    entries.put(entry.id(), entry);
    file.store(entries.values());
  }

  private FileSystemId parse(String id) {
    FileSystemId rest = new FileSystemId(random.nextLong(), random.nextLong());
    FileSystemId parsed = FileSystemId.withName(id, rest);
    if (parsed == null) {
      throw notThere(id);
    }
    return parsed;
  }

  private static HostRefusal notThere(String id) {
    return new HostRefusal(
        Reason.NOT_THERE, "there is no file system '" + id + "': 'atoll fs list' tells which are");
  }

  private static void accept(ChangeVerdict verdict) {
    if (verdict instanceof ChangeVerdict.Refused refused) {
      throw new HostRefusal(Reason.NOT_SUPPORTED, refused.message());
    }
  }

  private static <T> T await(Future<T> deed) {
    try {
      return deed.toCompletionStage()
          .toCompletableFuture()
          .orTimeout(DEED_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
