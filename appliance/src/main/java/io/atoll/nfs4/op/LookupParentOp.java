package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;

/**
 * LOOKUPP (RFC 8881, section 18.14). Nobody gets above an access point's directory by it: the
 * parent must be the directory or lie below it, wherever it was moved to meanwhile.
 */
final class LookupParentOp implements Op {

  /** The longest way up that is gone; what lies deeper has no parent for an access point. */
  private static final int MAX_CLIMB = 4096;

  @Override
  public void start(CompoundCall call) {
    parent(call, call.step(LookupOp::found));
  }

  /** Finds the parent of the current filehandle in the current view; NOT_FOUND at its root. */
  static void parent(CompoundCall call, FsCallback<Attributes> found) {
    View view = call.view();
    if (view.accessPoint() == null) {
      call.fileSystem().lookupParent(call.fsCall(), call.currentFileHandle(), found);
      return;
    }
    AccessPointRoot.find(
        call,
        view.accessPoint(),
        (status, root) -> {
          if (status != FsStatus.OK) {
            found.done(status, null);
          } else if (root.equals(call.currentFileHandle())) {
            found.done(FsStatus.NOT_FOUND, null);
          } else {
            new Ascent(call, root, found).begin();
          }
        });
  }

  /** From the parent up to the access point's directory, as a proof that it is below. */
  private static final class Ascent {
    private final CompoundCall call;
    private final FileHandle root;
    private final FsCallback<Attributes> found;
    private final Principal caller;
    private Attributes parent;
    private int climbed;

    Ascent(CompoundCall call, FileHandle root, FsCallback<Attributes> found) {
      this.call = call;
      this.root = root;
      this.found = found;
      this.caller = call.fsCall().principal();
    }

    void begin() {
      call.fileSystem()
          .lookupParent(
              call.fsCall(),
              call.currentFileHandle(),
              call.guarded((status, attributes) -> {
                parent = attributes;
                reached(status, attributes);
              }));
    }

    private void reached(FsStatus status, Attributes attributes) {
      if (status != FsStatus.OK) {
        end(status);
      } else if (attributes.handle().equals(root)) {
        end(FsStatus.OK);
      } else if (++climbed > MAX_CLIMB) {
        end(FsStatus.NOT_FOUND);
      } else {
        call.fsCall().principal(Principal.ROOT);
        call.fileSystem()
            .lookupParent(call.fsCall(), attributes.handle(), call.guarded(this::reached));
      }
    }

    private void end(FsStatus status) {
      call.fsCall().principal(caller);
      found.done(status, status == FsStatus.OK ? parent : null);
    }
  }
}
