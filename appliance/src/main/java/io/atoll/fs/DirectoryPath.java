package io.atoll.fs;

import java.util.List;

/**
 * Finds a directory by the names that lead to it from the root, by the superuser's rights, or makes
 * it: the last one as it is told, those above it as the superuser's, with mode 0755. One that is
 * there is taken as it is. Symbolic links are not followed. One use; confined to the home loop.
 */
public final class DirectoryPath {
  private static final int MODE_ABOVE = 0755;

  private final FileSystem fileSystem;
  private final FsCall call;
  private final Guard guard;
  private final List<byte[]> path;
  private final Creation creation;
  private final FsCallback<FileHandle> found;
  private final Principal caller;
  private FileHandle directory;
  private int depth;

  private DirectoryPath(
      FileSystem fileSystem,
      FsCall call,
      Guard guard,
      List<byte[]> path,
      Creation creation,
      FsCallback<FileHandle> found) {
    this.fileSystem = fileSystem;
    this.call = call;
    this.guard = guard;
    this.path = path;
    this.creation = creation;
    this.found = found;
    this.caller = call.principal();
    this.directory = fileSystem.root();
  }

  /** Owner and mode of a directory that is made. */
  public record Creation(int uid, int gid, int mode) {}

  /** Wraps what is asked of the file system. */
  public interface Guard {
    <T> FsCallback<T> guarded(FsCallback<T> callback);

    /** Leaves it as it is. */
    Guard NONE =
        new Guard() {
          @Override
          public <T> FsCallback<T> guarded(FsCallback<T> callback) {
            return callback;
          }
        };
  }

  /**
   * Finds the directory; the call is its caller's again then.
   *
   * @param creation how it is made if it is not there; null if it is not: NOT_FOUND
   */
  public static void find(
      FileSystem fileSystem,
      FsCall call,
      Guard guard,
      List<byte[]> path,
      Creation creation,
      FsCallback<FileHandle> found) {
    new DirectoryPath(fileSystem, call, guard, path, creation, found).descend();
  }

  private void descend() {
    if (depth == path.size()) {
      end(FsStatus.OK);
      return;
    }
    call.principal(Principal.ROOT);
    fileSystem.lookup(call, directory, path.get(depth), guard.guarded(this::lookedUp));
  }

  private void lookedUp(FsStatus status, Attributes attributes) {
    if (status == FsStatus.NOT_FOUND && creation != null) {
      create();
    } else if (status != FsStatus.OK) {
      end(status);
    } else if (attributes.type() != FileType.DIRECTORY) {
      end(FsStatus.NOT_DIRECTORY);
    } else {
      into(attributes.handle());
    }
  }

  private void into(FileHandle next) {
    directory = next;
    depth++;
    descend();
  }

  private void create() {
    boolean last = depth == path.size() - 1;
    AttributeChanges attributes = new AttributeChanges();
    attributes.mask = AttributeChanges.MODE | AttributeChanges.UID | AttributeChanges.GID;
    attributes.mode = last ? creation.mode() : MODE_ABOVE;
    attributes.uid = last ? creation.uid() : 0;
    attributes.gid = last ? creation.gid() : 0;
    CreateRequest request =
        new CreateRequest(
            FileType.DIRECTORY, CreateRequest.Disposition.GUARDED, attributes, 0, null, 0, 0);
    fileSystem.create(
        call,
        directory,
        path.get(depth),
        request,
        guard.guarded((status, created) -> {
          if (status == FsStatus.OK) {
            into(created.attributes().handle());
          } else if (status == FsStatus.EXISTS) {
            descend(); // Another one was faster.
          } else {
            end(status);
          }
        }));
  }

  private void end(FsStatus status) {
    call.principal(caller);
    found.done(status, status == FsStatus.OK ? directory : null);
  }
}
