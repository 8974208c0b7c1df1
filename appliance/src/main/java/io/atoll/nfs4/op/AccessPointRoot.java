package io.atoll.nfs4.op;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import java.util.List;

/**
 * Finds an access point's directory, by the superuser's rights: its own users need none above it.
 * One that is not there is made when it is mounted, if the access point says how: the last
 * directory of the path with the owner and mode that it says, those above it as the superuser's,
 * with mode 0755. One that is there is taken as it is. Symbolic links are not followed.
 */
final class AccessPointRoot {
  private static final int MODE_ABOVE = 0755;

  private final CompoundCall call;
  private final AccessPoint accessPoint;
  private final AccessPoint.Creation creation;
  private final FsCallback<FileHandle> found;
  private final Principal caller;
  private FileHandle directory;
  private int depth;

  private AccessPointRoot(
      CompoundCall call,
      AccessPoint accessPoint,
      AccessPoint.Creation creation,
      FsCallback<FileHandle> found) {
    this.call = call;
    this.accessPoint = accessPoint;
    this.creation = creation;
    this.found = found;
    this.caller = call.fsCall().principal();
    this.directory = call.fileSystem().root();
  }

  /** Finds the directory, or makes it if that is wanted when it is mounted. */
  static void mount(CompoundCall call, AccessPoint accessPoint, FsCallback<FileHandle> found) {
    new AccessPointRoot(call, accessPoint, accessPoint.creation(), found).descend();
  }

  /** Finds the directory; NOT_FOUND if it is not there. */
  static void find(CompoundCall call, AccessPoint accessPoint, FsCallback<FileHandle> found) {
    new AccessPointRoot(call, accessPoint, null, found).descend();
  }

  private List<byte[]> path() {
    return accessPoint.path();
  }

  private void descend() {
    if (depth == path().size()) {
      end(FsStatus.OK);
      return;
    }
    call.fsCall().principal(Principal.ROOT);
    call.fileSystem()
        .lookup(call.fsCall(), directory, path().get(depth), call.guarded(this::lookedUp));
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
    boolean last = depth == path().size() - 1;
    AttributeChanges attributes = new AttributeChanges();
    attributes.mask = AttributeChanges.MODE | AttributeChanges.UID | AttributeChanges.GID;
    attributes.mode = last ? creation.mode() : MODE_ABOVE;
    attributes.uid = last ? creation.uid() : 0;
    attributes.gid = last ? creation.gid() : 0;
    CreateRequest request =
        new CreateRequest(
            FileType.DIRECTORY, CreateRequest.Disposition.GUARDED, attributes, 0, null, 0, 0);
    call.fileSystem()
        .create(
            call.fsCall(),
            directory,
            path().get(depth),
            request,
            call.guarded((status, created) -> {
              if (status == FsStatus.OK) {
                into(created.attributes().handle());
              } else if (status == FsStatus.EXISTS) {
                descend(); // Another mount was faster.
              } else {
                end(status);
              }
            }));
  }

  private void end(FsStatus status) {
    call.fsCall().principal(caller);
    found.done(status, status == FsStatus.OK ? directory : null);
  }
}
