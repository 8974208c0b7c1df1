package io.atoll.nfs4.op;

import io.atoll.fs.DirectoryPath;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCallback;

/**
 * Finds an access point's directory: its own users need no rights above it. One that is not there
 * is made when it is mounted, if the access point says how.
 */
final class AccessPointRoot {
  private AccessPointRoot() {}

  /** Finds the directory, or makes it if that is wanted when it is mounted. */
  static void mount(CompoundCall call, AccessPoint accessPoint, FsCallback<FileHandle> found) {
    AccessPoint.Creation creation = accessPoint.creation();
    find(
        call,
        accessPoint,
        creation == null
            ? null
            : new DirectoryPath.Creation(creation.uid(), creation.gid(), creation.mode()),
        found);
  }

  /** Finds the directory; NOT_FOUND if it is not there. */
  static void find(CompoundCall call, AccessPoint accessPoint, FsCallback<FileHandle> found) {
    find(call, accessPoint, null, found);
  }

  private static void find(
      CompoundCall call,
      AccessPoint accessPoint,
      DirectoryPath.Creation creation,
      FsCallback<FileHandle> found) {
    DirectoryPath.find(
        call.fileSystem(), call.fsCall(), call::guarded, accessPoint.path(), creation, found);
  }
}
