package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.nfs4.state.SlotHandle;
import io.atoll.nfs4.wire.AttributeEncoder;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.RpcCall;
import io.atoll.rpc.RpcConnection;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;

/**
 * A COMPOUND in progress as its operations see it: arguments, results, current and saved filehandle
 * and stateid (RFC 8881, section 16.2.3), session slot, and who asks. Confined to the home loop.
 * Reused for other compounds once it has ended, so nothing may be kept of it past {@link #done}.
 */
public abstract class CompoundCall {
  /** The longest result of an operation that failed: number, status, SETATTR's empty bitmap. */
  protected static final int ERROR_RESULT_BYTES = 3 * Integer.BYTES;

  private final FsCall fsCall = new FsCall(Principal.NOBODY);

  private Export export;
  private View rootView;
  private Principal caller;
  private RpcCall rpc;
  private RpcConnection connection;
  private int minorVersion;
  private int operationCount;

  private SlotHandle slot;
  private View view;
  private FileHandle currentFileHandle;
  private Stateid currentStateid;
  private View savedView;
  private FileHandle savedFileHandle;
  private Stateid savedStateid;
  private boolean heldOpen;

  /**
   * Makes ready for another compound.
   *
   * @param newRootView what PUTROOTFH leads into
   * @param principal who calls, before any access point
   */
  protected final void restart(
      Export newExport, View newRootView, RpcCall newRpc, Principal principal) {
    export = newExport;
    rootView = newRootView;
    caller = principal;
    rpc = newRpc;
    connection = newRpc.connection();
    fsCall.restart(newRootView.identityOf(principal));
    fsCall.dataLoop(connection.loopElsewhere());
    minorVersion = 0;
    operationCount = 0;
    slot = null;
    view = newRootView;
    currentFileHandle = null;
    currentStateid = null;
    savedView = newRootView;
    savedFileHandle = null;
    savedStateid = null;
    heldOpen = false;
  }

  protected final RpcCall rpc() {
    return rpc;
  }

  protected final void size(int newMinorVersion, int newOperationCount) {
    minorVersion = newMinorVersion;
    operationCount = newOperationCount;
  }

  // --- the end of an operation: exactly one of these, exactly once ---

  /**
   * Ends the running operation, now or later on the loop. Unless {@code status} is OK, what it
   * wrote is cut off, and the compound ends.
   */
  public abstract void done(Nfs4Status status);

  /** As {@link #done} with an error whose result has a body (LOCK denied). */
  public abstract void doneKeepingResult(Nfs4Status status);

  /** As {@link #done} with the NFS status of a file-system one. */
  public abstract void done(FsStatus status);

  /**
   * For SEQUENCE: ends the compound with a reply that was kept: the COMPOUND4res that {@link
   * SlotHandle#captureReply} was given. Instead of {@link #done}; the slot is not taken.
   *
   * @param compoundResult the readable bytes are copied
   */
  public abstract void replay(ByteBuf compoundResult);

  /**
   * For SEQUENCE, before {@link #done} with OK: the operation that follows is not run but answered
   * with {@code status} (RETRY_UNCACHED_REP), which ends the compound.
   */
  public abstract void refuseNextOperation(Nfs4Status status);

  /** Told of the end of the operation that asked for it, once. */
  public interface ResultObserver {

    /**
     * It ended.
     *
     * @param status as it is told to the client
     * @param results where the result is, from {@code index} to its writer index
     */
    void ended(Nfs4Status status, ByteBuf results, int index);

    /** The compound is given up, without a reply. */
    void abandoned();
  }

  /** For operations whose result is kept: {@code observer} is told of the running one's. */
  public abstract void observeResult(ResultObserver observer);

  /** For READ and WRITE, before {@link #done} with OK: so many bytes of payload were moved. */
  public abstract void moved(int bytes);

  // --- asynchronous steps ---

  /**
   * What an operation gives to those it asks something of instead of {@code callback} itself: lets
   * it run while the operation does, keeps it from ending another one should it come too late, and
   * has a failure in it end the compound.
   */
  public final <T> FsCallback<T> guarded(FsCallback<T> callback) {
    return guarded(callback, (status, result) -> {});
  }

  /**
   * As {@link #guarded(FsCallback)}, for a step that knows nothing but the call: it captures
   * nothing, so that it is no object of its own for each operation.
   */
  public abstract <T> FsCallback<T> step(Step<T> step);

  /** What an operation does when something that it has asked for is there. */
  @FunctionalInterface
  public interface Step<T> {
    void done(CompoundCall call, FsStatus status, T result);
  }

  /**
   * As {@link #guarded(FsCallback)}, for a step that leaves something behind.
   *
   * @param tooLate run instead of {@code callback} when the operation has been given up meanwhile:
   *     gives back what the step got. The call may serve another compound by then.
   */
  public abstract <T> FsCallback<T> guarded(FsCallback<T> callback, FsCallback<T> tooLate);

  // --- arguments and results ---

  /** The arguments of the running operation; see {@link #refusesArguments}. */
  public final XdrReader reader() {
    return rpc.reader();
  }

  /** The result of the running operation, after its status. */
  public final XdrWriter writer() {
    return rpc.writer();
  }

  /**
   * To be asked when all arguments are decoded and before they are used: whether they were
   * malformed. If so, the operation has been ended with NFS4ERR_BADXDR, and returns.
   */
  public final boolean refusesArguments() {
    if (rpc.reader().isMalformed()) {
      done(Nfs4Status.BADXDR);
      return true;
    }
    return false;
  }

  /**
   * How many more bytes the running operation may write so that the reply keeps to the session's
   * limits: an operation whose size the client chooses (READ, READDIR) keeps below it, or ends with
   * {@link #replyTooBig()}.
   */
  public abstract int replyRoomBytes();

  /**
   * Says, before an operation whose result may be large does its work, how large it may be: see
   * {@link RpcCall#expectReply}.
   */
  public final void expectReply(int bytes) {
    rpc.expectReply(bytes);
  }

  /** REP_TOO_BIG or REP_TOO_BIG_TO_CACHE, whichever limit is the one in force. */
  public abstract Nfs4Status replyTooBig();

  /** Which of NFSv4's: 0 or 1. */
  public final int minorVersion() {
    return minorVersion;
  }

  /** How many operations the compound says it has, unsigned (held against ca_maxoperations). */
  public final int operationCount() {
    return operationCount;
  }

  /** The whole request, RPC header included (held against ca_maxrequestsize). */
  public final int requestBytes() {
    return rpc.requestBytes();
  }

  // --- who asks, and what of ---

  public final Export export() {
    return export;
  }

  public final FileSystem fileSystem() {
    return export.fileSystem();
  }

  /** Encodes attributes as the minor version has them, of the current filehandle's view. */
  public final AttributeEncoder attributes() {
    return view.attributes(minorVersion);
  }

  /** What the connection sees without having mounted an access point. */
  public final View rootView() {
    return rootView;
  }

  /** The view that the current filehandle is of. */
  public final View view() {
    return view;
  }

  /** The view that the saved filehandle is of. */
  public final View savedView() {
    return savedView;
  }

  public final FsCall fsCall() {
    return fsCall;
  }

  /** Who the caller is in the current filehandle's view. */
  public final Principal principal() {
    return fsCall.principal();
  }

  public final RpcCredential credential() {
    return rpc.credential();
  }

  /** Known after the end, too, when the call itself may serve another connection. */
  public final RpcConnection connection() {
    return connection;
  }

  // --- session ---

  /** The slot that SEQUENCE took, or null outside a session. */
  public final SlotHandle slot() {
    return slot;
  }

  /**
   * For SEQUENCE, once it can't fail any more: the slot was taken. The pump calls {@link
   * SlotHandle#finalise} on it at the compound's end.
   */
  public final void takeSlot(SlotHandle taken) {
    slot = taken;
  }

  // --- filehandles and stateids ---

  /** Not null in an operation that needs one. */
  public final FileHandle currentFileHandle() {
    return currentFileHandle;
  }

  /** Sets the current filehandle to one of another view, and the caller to who he is in that. */
  public final void currentFileHandle(FileHandle handle, View newView) {
    enter(newView);
    currentFileHandle(handle);
  }

  private void enter(View newView) {
    view = newView;
    fsCall.principal(newView.identityOf(caller));
  }

  /**
   * Sets the current filehandle to one of the same view; there is no current stateid then (section
   * 16.2.3.1.2).
   */
  public final void currentFileHandle(FileHandle handle) {
    currentFileHandle = handle;
    currentStateid = null;
  }

  /** What OPEN, LOCK and the like left; null if there is none. */
  public final Stateid currentStateid() {
    return currentStateid;
  }

  /** For operations that return a stateid. */
  public final void currentStateid(Stateid stateid) {
    currentStateid = stateid;
  }

  /**
   * What {@code argument} means: the current stateid as "the latest" (seqid 0) if it is {@link
   * Stateid#CURRENT}, else itself. Null if there is no current one: NFS4ERR_BAD_STATEID. NFSv4.0
   * has no current stateid.
   */
  public final Stateid resolve(Stateid argument) {
    if (!argument.isCurrent() || minorVersion == 0) {
      return argument;
    }
    return currentStateid == null ? null : currentStateid.withSeqid(0);
  }

  /** As {@link #resolve}, with the current stateid's own seqid: for CLOSE and OPEN_DOWNGRADE. */
  public final Stateid resolveWithSeqid(Stateid argument) {
    return argument.isCurrent() ? currentStateid : argument;
  }

  public final FileHandle savedFileHandle() {
    return savedFileHandle;
  }

  /** SAVEFH: filehandle and stateid. */
  public final void save() {
    savedView = view;
    savedFileHandle = currentFileHandle;
    savedStateid = currentStateid;
  }

  /** RESTOREFH: filehandle and stateid. */
  public final void restore() {
    enter(savedView);
    currentFileHandle = savedFileHandle;
    currentStateid = savedStateid;
  }

  /**
   * Whether the stateid that was checked last is that of an open file: see {@link StateidCheck}.
   */
  public final boolean heldOpen() {
    return heldOpen;
  }

  public final void heldOpen(boolean held) {
    heldOpen = held;
  }
}
