package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A session's way to its client: the connections that the client bound to it, and the slots of
 * callbacks (RFC 8881 §2.10.3.1, §2.10.6, §20.9). A connection counts once the client has answered
 * CB_NULL over it. A callback whose connection is lost under it keeps its slot and is sent again
 * over another, under the same sequence. Loop-confined.
 */
public final class BackChannel {
  /** Callbacks under way of one session. */
  static final int MAX_SLOTS = 4;

  /** Connections bound; the one that was bound first gives way. */
  static final int MAX_PATHS = 8;

  /** Callbacks that wait for a slot or a connection; at the bound, further ones fail. */
  static final int MAX_WAITING = 64;

  /** RPC header 24, credential and verifier without bodies 16, compound 16, CB_SEQUENCE 40. */
  private static final int FIXED_REQUEST_BYTES = 96;

  private static final int MINOR_VERSION = 1;
  private static final int OP_CB_SEQUENCE = 11;
  private static final int MAX_TAG_BYTES = 1024;

  private final SessionId session;
  private final ChannelAttributes attributes;
  private final Slot[] slots;
  private final List<BoundPath> paths = new ArrayList<>();
  private final ArrayDeque<Callback> waiting = new ArrayDeque<>();
  private CallbackProgram program;
  private boolean wanted;
  private boolean faulty;

  /** Whether a callback was not sent because others had the connection's room for calls. */
  private boolean heldUp;

  /** What is asked of a client: an operation, and who is told whether it was done. */
  private record Callback(Consumer<XdrWriter> operation, Consumer<Boolean> done) {}

  /** At most one callback at a time. */
  private static final class Slot {
    private final int number;

    /** That of the last callback which the client is known to have executed. */
    private int sequence;

    /** What was sent and has no answer yet; null if it is idle. */
    private Callback underWay;

    /** Whether it is on a connection now, and not waiting for another one. */
    private boolean sent;

    Slot(int number) {
      this.number = number;
    }
  }

  /** What is known of a connection. */
  private enum Verdict {
    UNTRIED,
    TRYING,
    UP,
    DOWN
  }

  private static final class BoundPath {
    private final CallbackPath path;
    private Verdict verdict = Verdict.UNTRIED;

    BoundPath(CallbackPath path) {
      this.path = path;
    }
  }

  BackChannel(SessionId session, ChannelAttributes attributes, CallbackProgram program) {
    this.session = session;
    this.attributes = attributes;
    this.program = program;
    this.slots = new Slot[attributes.maxRequests()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(i);
    }
  }

  /** Whether callbacks could be made if a connection were bound. */
  boolean isPossible() {
    return slots.length > 0 && program.isUsable();
  }

  /**
   * Binds a connection, or binds it anew.
   *
   * @return false if no callback could be made over any
   */
  public boolean bind(CallbackPath path) {
    if (!isPossible()) {
      return false;
    }
    wanted = true;
    paths.removeIf(bound -> bound.path.equals(path) || !bound.path.isOpen());
    if (paths.size() >= MAX_PATHS) {
      paths.removeFirst();
    }
    paths.add(new BoundPath(path));
    return true;
  }

  /** BACKCHANNEL_CTL (§18.33): callbacks from now on are for this program. */
  public void program(CallbackProgram newProgram) {
    program = newProgram;
  }

  /**
   * Finds out whether connections that were bound since the last time carry callbacks. To be called
   * when the client is known to know the session: when it uses it.
   */
  public void probe() {
    for (int i = paths.size() - 1; i >= 0; i--) {
      BoundPath bound = paths.get(i);
      if (!bound.path.isOpen()) {
        paths.remove(i);
      } else if (bound.verdict == Verdict.UNTRIED) {
        boolean isCalled =
            bound.path.call(
                program, CallbackPath.NULL, nothing -> {}, (end, results) -> tried(bound, end));
        bound.verdict = isCalled ? Verdict.TRYING : Verdict.UNTRIED;
      }
    }
    if (heldUp) {
      pump();
    }
  }

  private void tried(BoundPath bound, CallbackPath.End end) {
    if (bound.verdict == Verdict.TRYING) {
      bound.verdict = end == CallbackPath.End.ANSWERED ? Verdict.UP : Verdict.DOWN;
      pump();
    }
  }

  /** Whether the client takes callbacks over one of its connections, as it has shown. */
  public boolean isUp() {
    return !faulty && pathThatIsUp() != null;
  }

  /** Whether the client bound a connection, and no connection carries callbacks any more. */
  boolean isDown() {
    if (!wanted || faulty) {
      return false;
    }
    for (int i = 0; i < paths.size(); i++) {
      BoundPath bound = paths.get(i);
      if (bound.verdict != Verdict.DOWN && bound.path.isOpen()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the client and this server disagree about a slot's sequence: there's no way back. */
  boolean isFaulty() {
    return faulty;
  }

  private BoundPath pathThatIsUp() {
    for (int i = 0; i < paths.size(); i++) {
      BoundPath bound = paths.get(i);
      if (bound.verdict == Verdict.UP && bound.path.isOpen()) {
        return bound;
      }
    }
    return null;
  }

  /**
   * Calls the client back, now or when there are a slot and a connection for it.
   *
   * @param operationBytes how long the operation is, its number included
   * @param operation writes it from its number on
   * @param done told once whether the client did it; not before the session ends if no connection
   *     ever comes
   */
  public void call(int operationBytes, Consumer<XdrWriter> operation, Consumer<Boolean> done) {
    if (faulty || waiting.size() >= MAX_WAITING || !fits(operationBytes)) {
      done.accept(false);
      return;
    }
    waiting.add(new Callback(operation, done));
    pump();
  }

  /** Whether a callback with that operation keeps to ca_maxrequestsize. */
  private boolean fits(int operationBytes) {
    int requestBytes =
        FIXED_REQUEST_BYTES + XdrReader.padded(program.credential().length) + operationBytes;
    return Integer.compareUnsigned(requestBytes, attributes.maxRequestBytes()) <= 0;
  }

  /** Sends what may be sent: for the first time, or again what a lost connection left. */
  private void pump() {
    BoundPath bound = pathThatIsUp();
    heldUp = false;
    for (int i = 0; bound != null && i < slots.length; i++) {
      Slot slot = slots[i];
      if (slot.underWay == null) {
        slot.underWay = waiting.poll();
      }
      if (slot.underWay != null && !slot.sent) {
        send(slot, bound);
      }
    }
  }

  private void send(Slot slot, BoundPath bound) {
    slot.sent =
        bound.path.call(
            program,
            CallbackPath.COMPOUND,
            writer -> write(writer, slot),
            (end, results) -> ended(slot, bound, end, results));
    heldUp |= !slot.sent;
  }

  private void write(XdrWriter writer, Slot slot) {
    writer.int32(0); // tag
    writer.int32(MINOR_VERSION);
    writer.int32(0); // callback_ident, of NFSv4.0
    writer.int32(2);
    writer.int32(OP_CB_SEQUENCE);
    writer.int64(session.high());
    writer.int64(session.low());
    writer.int32(slot.sequence + 1);
    writer.int32(slot.number);
    writer.int32(slots.length - 1);
    writer.bool(false); // csa_cachethis
    writer.int32(0); // csa_referring_call_lists
    slot.underWay.operation().accept(writer);
  }

  private void ended(Slot slot, BoundPath bound, CallbackPath.End end, XdrReader results) {
    slot.sent = false;
    if (faulty || slot.underWay == null) {
      return;
    }
    switch (end) {
      case ANSWERED -> answered(slot, bound, results);
      case REFUSED -> {
        bound.verdict = Verdict.DOWN;
        finish(slot, false);
      }
      case LOST -> bound.verdict = Verdict.DOWN; // It is sent again where there is a path.
    }
    pump();
  }

  private void answered(Slot slot, BoundPath bound, XdrReader results) {
    int status = results.int32();
    results.skipOpaque(MAX_TAG_BYTES);
    boolean hasResult = results.int32() != 0 && results.int32() == OP_CB_SEQUENCE;
    int sequenced = hasResult ? results.int32() : status;
    if (results.isMalformed() || !hasResult) {
      bound.verdict = Verdict.DOWN; // Whatever that is, it executes no callbacks.
      finish(slot, false);
    } else if (sequenced == Nfs4Status.OK.code()) {
      slot.sequence++;
      finish(slot, status == Nfs4Status.OK.code());
    } else if (sequenced == Nfs4Status.RETRY_UNCACHED_REP.code()) {
      slot.sequence++; // It was executed when it was sent before.
      finish(slot, true);
    } else if (sequenced == Nfs4Status.DELAY.code()) {
      finish(slot, false);
    } else {
      fail();
    }
  }

  private static void finish(Slot slot, boolean isDone) {
    Callback ended = slot.underWay;
    slot.underWay = null;
    ended.done().accept(isDone);
  }

  /** The slots are out of step, or the client has forgotten the session. */
  private void fail() {
    faulty = true;
    giveUp();
  }

  /** The session ends. */
  void close() {
    faulty = true;
    paths.clear();
    giveUp();
  }

  private void giveUp() {
    List<Callback> given = new ArrayList<>(waiting);
    waiting.clear();
    for (Slot slot : slots) {
      if (slot.underWay != null) {
        given.add(slot.underWay);
        slot.underWay = null;
      }
    }
    given.forEach(callback -> callback.done().accept(false));
  }
}
