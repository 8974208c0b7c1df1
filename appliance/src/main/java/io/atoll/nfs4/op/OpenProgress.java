package io.atoll.nfs4.op;

import io.atoll.fs.AccessBits;
import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystem.AccessResult;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.op.OpenArguments.Claim;
import io.atoll.nfs4.op.OpenArguments.CreateMode;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Opens;
import io.atoll.nfs4.state.ShareClaim;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrWriter;

/**
 * An OPEN under way: find or make the file, check permission, truncate if asked to, hold, open.
 * Between any two of these steps anything may happen to the file, the client or others' state; only
 * the last, which is synchronous, decides, and finds out whether the client still lives and no
 * share reservation is in the way. What can't be undone comes after what could refuse it: to make a
 * file takes room for its open state first, and to set a size also the share bits, with that of
 * writing.
 */
final class OpenProgress {
  private final NfsState state;
  private final Result result;
  private final CompoundCall call;
  private final ClientRecord client;
  private final OpenArguments arguments;
  private final FileSystem fileSystem;

  private Attributes file;
  private boolean created;
  private DirectoryChange change = DirectoryChange.UNKNOWN;

  /** {@link AttributeChanges} bits that took effect. */
  private int applied;

  /** Whether room is set aside for the open state. */
  private boolean reserved;

  /** Null unless the file's size is set on the way. */
  private ShareClaim claim;

  /** Whether the file is held, and not yet by an open state. */
  private boolean held;

  /** Ends an OPEN that was granted, with what its minor version answers. */
  @FunctionalInterface
  interface Result {
    void opened(
        CompoundCall call,
        OpenArguments arguments,
        FileHandle file,
        Stateid stateid,
        DirectoryChange change,
        Bitmap4 attributesSet);
  }

  /**
   * @param atomic whether nothing else can have come between
   */
  record DirectoryChange(ChangeInfo info, boolean atomic) {
    /** For claims by handle, which know of no directory. */
    static final DirectoryChange UNKNOWN = new DirectoryChange(new ChangeInfo(0, 0), false);

    void encode(XdrWriter writer) {
      writer.bool(atomic);
      writer.int64(info.before());
      writer.int64(info.after());
    }
  }

  OpenProgress(
      NfsState state,
      Result result,
      CompoundCall call,
      ClientRecord client,
      OpenArguments arguments) {
    this.state = state;
    this.result = result;
    this.call = call;
    this.client = client;
    this.arguments = arguments;
    fileSystem = call.fileSystem();
  }

  void start() {
    orGiveBack(this::begin);
  }

  private void begin() {
    if (arguments.claim() != Claim.NULL) {
      fileSystem.attributes(
          call.fsCall(),
          call.currentFileHandle(),
          step((status, attributes) -> {
            if (succeeded(status)) {
              found(attributes);
            }
          }));
    } else if (arguments.create() == null) {
      lookUp();
    } else {
      Nfs4Status room = state.opens().reserve(client, arguments.owner());
      reserved = room.isOk();
      if (reserved) {
        create();
      } else {
        end(room);
      }
    }
  }

  /** A step's end: goes on with it, or gives back what the operation has if that is no more. */
  private <T> FsCallback<T> step(FsCallback<T> callback) {
    return call.guarded(
        (status, result) -> orGiveBack(() -> callback.done(status, result)),
        (status, result) -> giveBack());
  }

  /** A failure ends the compound, which knows nothing of what this operation has set aside. */
  private void orGiveBack(Runnable act) {
    try {
      act.run();
    } catch (Throwable e) {
      giveBack();
      throw e;
    }
  }

  /** Ends the operation if a step failed. */
  private boolean succeeded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
      return false;
    }
    return true;
  }

  private void fail(FsStatus status) {
    giveBack();
    if (status == FsStatus.STALE && file != null && arguments.claim() == Claim.NULL) {
      // Under its name it was there a moment ago: come again, and find what is there now.
      call.done(Nfs4Status.DELAY);
    } else {
      call.done(status);
    }
  }

  private void end(Nfs4Status refusal) {
    giveBack();
    // Whoever had to be forgotten to make room must be so durably (section 8.4.3).
    call.fsCall().dependsOn(state.journalSequence());
    call.done(refusal);
  }

  /** All that is set aside or held; nothing is left for a second time. */
  private void giveBack() {
    giveRoomBack();
    if (claim != null && claim.status().isOk()) {
      state.opens().cancel(claim);
    }
    claim = null;
    if (held) {
      held = false;
      fileSystem.release(file.handle());
    }
  }

  private void giveRoomBack() {
    if (reserved) {
      reserved = false;
      state.opens().unreserve(client, arguments.owner());
    }
  }

  // --- finding or making the file ---

  private void lookUp() {
    fileSystem.lookup(
        call.fsCall(),
        call.currentFileHandle(),
        arguments.name().bytes(),
        step((status, attributes) -> {
          if (succeeded(status)) {
            lookedUp(attributes);
          }
        }));
  }

  private void lookedUp(Attributes found) {
    fileSystem.attributes(
        call.fsCall(),
        call.currentFileHandle(),
        step((status, directory) -> {
          if (succeeded(status)) {
            ChangeInfo unchanged = new ChangeInfo(directory.change(), directory.change());
            change = new DirectoryChange(unchanged, false);
            found(found);
          }
        }));
  }

  private void create() {
    OpenArguments.Create create = arguments.create();
    CreateRequest request =
        new CreateRequest(
            FileType.REGULAR,
            dispositionOf(create.mode()),
            create.changes(),
            verifierOf(create),
            null,
            0,
            0);
    fileSystem.create(
        call.fsCall(),
        call.currentFileHandle(),
        arguments.name().bytes(),
        request,
        step((status, result) -> {
          if (succeeded(status)) {
            made(result);
          }
        }));
  }

  private long verifierOf(OpenArguments.Create create) {
    return dispositionOf(create.mode()) == Disposition.EXCLUSIVE
        ? ExclusiveVerifier.of(client.owner(), create.verifier())
        : 0;
  }

  private static Disposition dispositionOf(CreateMode mode) {
    return switch (mode) {
      case UNCHECKED -> Disposition.UNCHECKED;
      case GUARDED -> Disposition.GUARDED;
      case EXCLUSIVE, EXCLUSIVE_WITH_ATTRIBUTES -> Disposition.EXCLUSIVE;
    };
  }

  private void made(CreateResult result) {
    change = new DirectoryChange(result.directory(), true);
    created = result.created() || arguments.create().mode() != CreateMode.UNCHECKED;
    applied = result.applied();
    found(result.attributes());
  }

  // --- permission ---

  private void found(Attributes attributes) {
    file = attributes;
    Nfs4Status refusal = OpenTypes.refusalOf(file.type());
    if (!refusal.isOk()) {
      end(refusal);
    } else if (created || isOwnersByHandle()) {
      permitted();
    } else {
      checkAccess();
    }
  }

  /**
   * By handle, an owner opens its file whatever the mode says now: it may have had it open since
   * before the mode was changed, and POSIX asks at the first open only.
   */
  private boolean isOwnersByHandle() {
    return arguments.claim() != Claim.NULL && file.uid() == call.principal().uid();
  }

  private void checkAccess() {
    int wanted = 0;
    if ((arguments.access() & StateidCheck.READ) != 0) {
      // To run a program is to read it, so that leave to execute is enough to read.
      wanted |= AccessBits.READ | AccessBits.EXECUTE;
    }
    if ((arguments.access() & StateidCheck.WRITE) != 0 || truncates()) {
      wanted |= AccessBits.MODIFY;
    }
    int asked = wanted;
    fileSystem.access(
        call.fsCall(),
        file.handle(),
        asked,
        step((status, access) -> {
          if (succeeded(status)) {
            accessChecked(asked, access);
          }
        }));
  }

  private void accessChecked(int wanted, AccessResult access) {
    int granted = access.granted();
    boolean reads = (wanted & AccessBits.READ) == 0 || (granted & wanted & ~AccessBits.MODIFY) != 0;
    boolean writes = (wanted & AccessBits.MODIFY) == 0 || (granted & AccessBits.MODIFY) != 0;
    if (reads && writes) {
      permitted();
    } else {
      end(Nfs4Status.ACCESS);
    }
  }

  // --- truncation ---

  private void permitted() {
    if (truncates() || extendsNewFile()) {
      claimAndSetSize();
    } else {
      hold();
    }
  }

  /** Section 18.16.3: of an existing file, UNCHECKED4 only sets the size, and only to zero. */
  private boolean truncates() {
    return !created && arguments.create() != null && arguments.create().sizeBytes() == 0;
  }

  private boolean extendsNewFile() {
    return created && arguments.create() != null && arguments.create().sizeBytes() > 0;
  }

  private void claimAndSetSize() {
    int access = arguments.access() | StateidCheck.WRITE; // also of an OPEN for reading
    claim = state.opens().claim(client, file.handle(), access, arguments.deny());
    if (!claim.status().isOk()) {
      end(claim.status());
      return;
    }
    AttributeChanges size = new AttributeChanges();
    size.mask = AttributeChanges.SIZE;
    size.sizeBytes = arguments.create().sizeBytes();
    fileSystem.setAttributes(
        call.fsCall(),
        file.handle(),
        size,
        true,
        step((status, attributes) -> {
          if (succeeded(status)) {
            applied |= AttributeChanges.SIZE;
            hold();
          }
        }));
  }

  // --- the act ---

  private void hold() {
    FileHandle handle = file.handle();
    fileSystem.hold(
        call.fsCall(),
        handle,
        call.guarded(
            (status, nothing) -> orGiveBack(() -> held(status)),
            (status, nothing) -> {
              if (status == FsStatus.OK) {
                fileSystem.release(handle);
              }
              giveBack();
            }));
  }

  private void held(FsStatus status) {
    if (!succeeded(status)) {
      return;
    }
    held = true;
    // Grace may have ended since the start, and what was to be reclaimed be another's by now.
    Nfs4Status refusal = state.admits(client, arguments.isReclaim());
    if (!refusal.isOk()) {
      end(refusal);
      return;
    }
    giveRoomBack();
    open();
  }

  /** Hands hold and claim over, and answers. */
  private void open() {
    Opens opens = state.opens();
    Opens.Request request =
        new Opens.Request(
            client,
            arguments.owner(),
            file.handle(),
            arguments.access(),
            arguments.deny(),
            arguments.isReclaim(),
            Callers.principal(call));
    ShareClaim claimed = claim;
    claim = null;
    held = false;
    Opens.Outcome outcome = claimed == null ? opens.open(request) : opens.open(request, claimed);
    // Whoever had to be forgotten for this must be so durably (section 8.4.3).
    call.fsCall().dependsOn(state.journalSequence());
    if (outcome.status().isOk()) {
      result.opened(call, arguments, file.handle(), outcome.stateid(), change, attributesSet());
    } else {
      call.done(outcome.status());
    }
  }

  /** The attrset of the result: what was asked for and took effect. */
  private Bitmap4 attributesSet() {
    long low = 0;
    low |= bit(AttributeChanges.SIZE, Attribute.SIZE);
    low |= bit(AttributeChanges.MODE, Attribute.MODE);
    low |= bit(AttributeChanges.UID, Attribute.OWNER);
    low |= bit(AttributeChanges.GID, Attribute.OWNER_GROUP);
    int atime = AttributeChanges.ATIME | AttributeChanges.ATIME_NOW;
    low |= bit(atime, Attribute.TIME_ACCESS_SET);
    int mtime = AttributeChanges.MTIME | AttributeChanges.MTIME_NOW;
    low |= bit(mtime, Attribute.TIME_MODIFY_SET);
    low |= bit(AttributeChanges.BTIME, Attribute.TIME_CREATE);
    boolean masked = (applied & AttributeChanges.MODE_MASKED) != 0;
    long high = masked ? 1L << Attribute.MODE_SET_MASKED : 0;
    return new Bitmap4(low, high, false);
  }

  private long bit(int changeBits, int attribute) {
    return (applied & changeBits) != 0 ? 1L << attribute : 0;
  }
}
