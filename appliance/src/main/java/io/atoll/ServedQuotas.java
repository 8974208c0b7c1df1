package io.atoll;

import io.atoll.control.AccessPointShape;
import io.atoll.control.DirectoryQuota;
import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.atoll.fs.DirectoryPath;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.format.PathText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Sets and tells the quotas of an open file system, by path. What fails is told as a {@link
 * HostRefusal}. Confined to the home loop.
 */
final class ServedQuotas {
  private final FileSystem fileSystem;
  private final FsCall call = new FsCall(Principal.ROOT);

  ServedQuotas(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * Sets the quota of a directory, durably.
   *
   * @param creation how the directory is made if it is not there; null if it is not
   */
  Future<DirectoryQuota> set(
      List<String> path, AccessPointShape.Creation creation, QuotaLimits limits) {
    return directory(path, creation)
        .compose(directory ->
            this.<Quota>ask(path, done -> fileSystem.quotas().set(call, directory, limits, done)))
        .compose(quota -> durable(path).map(new DirectoryQuota(text(path), quota)));
  }

  /** Lifts the quota of a directory, durably. */
  Future<Void> remove(List<String> path) {
    return directory(path, null)
        .compose(directory ->
            this.<Void>ask(path, done -> fileSystem.quotas().remove(call, directory, done)))
        .compose(removed -> durable(path));
  }

  /** The quota of a directory. */
  Future<DirectoryQuota> get(List<String> path) {
    return directory(path, null)
        .compose(directory ->
            this.<Quota>ask(path, done -> fileSystem.quotas().get(call, directory, done)))
        .map(quota -> new DirectoryQuota(text(path), quota));
  }

  /** All quotas, each with its path. */
  Future<List<DirectoryQuota>> all() {
    Future<List<DirectoryQuota>> found = Future.succeededFuture(new ArrayList<>());
    for (Quota quota : fileSystem.quotas().all()) {
      found =
          found.compose(list ->
              pathOf(quota.directory())
                  .map(path -> {
                    list.add(new DirectoryQuota(path, quota));
                    return list;
                  }));
    }
    return found;
  }

  private Future<String> pathOf(FileHandle directory) {
    Promise<String> found = Promise.promise();
    fileSystem.pathOf(
        call,
        directory,
        (status, names) ->
            found.complete(
                status == FsStatus.OK
                    ? "/" + names.stream().map(PathText::of).collect(Collectors.joining("/"))
                    : null));
    return found.future();
  }

  private Future<FileHandle> directory(List<String> path, AccessPointShape.Creation creation) {
    List<byte[]> names = path.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    DirectoryPath.Creation made =
        creation == null
            ? null
            : new DirectoryPath.Creation(creation.uid(), creation.gid(), creation.mode());
    return ask(
        path,
        done -> DirectoryPath.find(fileSystem, call, DirectoryPath.Guard.NONE, names, made, done));
  }

  private Future<Void> durable(List<String> path) {
    return ask(path, done -> fileSystem.awaitDurable(call.requiredSequence(), done));
  }

  private <T> Future<T> ask(List<String> path, Consumer<FsCallback<T>> question) {
    Promise<T> answer = Promise.promise();
    question.accept((status, result) -> {
      if (status == FsStatus.OK) {
        answer.complete(result);
      } else {
        answer.fail(refusal(path, status));
      }
    });
    return answer.future();
  }

  private HostRefusal refusal(List<String> path, FsStatus status) {
    String where = text(path) + " of " + fileSystem.id();
    return switch (status) {
      case NOT_FOUND, STALE ->
          new HostRefusal(
              Reason.NO_DIRECTORY_OR_QUOTA,
              "there is no directory " + where + ", or it has no quota");
      case NOT_DIRECTORY, SYMLINK ->
          new HostRefusal(
              Reason.NO_DIRECTORY_OR_QUOTA,
              where + " is not a directory: give the path of one, without symbolic links");
      case TOO_MANY_QUOTAS ->
          new HostRefusal(
              Reason.TOO_MANY_QUOTAS,
              where
                  + " can't have a quota: a file system has "
                  + fileSystem.quotas().maxQuotas()
                  + " of directories at most, and they lie in each other "
                  + fileSystem.quotas().maxNested()
                  + " deep at most: remove one");
      case NO_SPACE ->
          new HostRefusal(Reason.NO_ROOM, fileSystem.id() + " is full: remove something first");
      case FENCED ->
          new HostRefusal(Reason.NOT_OPEN, fileSystem.id() + " is down: try again when it is up");
      default ->
          new HostRefusal(
              Reason.STORE,
              "the quota of " + where + " can't be had (" + status + "): the node's log says why");
    };
  }

  private static String text(List<String> path) {
    return "/" + String.join("/", path);
  }
}
