package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Mail;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A connection as its programs know it: what they keep with it, and the calls that came over it.
 * Confined to the home loop. Its socket is a {@link ConnectionHandler}'s, whose loop may be another
 * one: then calls come from there, and go back there with their replies, by {@link Loop#post}, and
 * what is said to the socket takes effect a little later. On the home loop all of it is one call.
 *
 * <p>Calls begin in the order in which they came, and not while there is no room for their replies,
 * or while the connection is {@link #holdReading held}: what its socket had read before it knew of
 * that waits here, where its number and its bytes count as those of calls that run.
 */
final class ServedConnection implements RpcConnection {
  /** How long to wait before looking again whether there is room for replies. */
  private static final long REPLY_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final long id;
  private final String entrance;
  private final Loop home;
  private final ConnectionHandler socket;
  private final RpcPrograms programs;
  private final RunningCalls running;
  private final RateLimitedLog failures;

  /** Whether the socket is on the home loop. */
  private final boolean isAtHome;

  /** That came and have not begun. */
  private final ArrayDeque<RpcCall> waiting = new ArrayDeque<>(4);

  private final List<Runnable> closeTasks = new ArrayList<>();
  private final Mail closedMail =
      new HomeMail() {
        @Override
        public void deliver() {
          closed();
        }
      };

  private boolean open = true;

  /** It is to be closed: nothing more begins. */
  private boolean cut;

  private boolean held;
  private boolean beginning;
  private boolean retryPending;
  private Object attachment;

  /** Null until there is a call to make. */
  private BackCalls backCalls;

  private ServedConnection(
      long id,
      String entrance,
      Loop home,
      ConnectionHandler socket,
      RpcPrograms programs,
      RunningCalls running,
      RateLimitedLog failures) {
    this.id = id;
    this.entrance = entrance;
    this.home = home;
    this.socket = socket;
    this.programs = programs;
    this.running = running;
    this.failures = failures;
    isAtHome = socket.isOn(home);
  }

  /**
   * The programs' side of {@code socket}, which has not been opened yet.
   *
   * @param entrance see {@link RpcConnection#entrance}
   * @param running counts the calls that have begun
   */
  static ServedConnection over(
      ConnectionHandler socket,
      long id,
      String entrance,
      Loop home,
      RpcPrograms programs,
      RunningCalls running,
      RateLimitedLog failures) {
    ServedConnection made =
        new ServedConnection(id, entrance, home, socket, programs, running, failures);
    socket.servedBy(made);
    return made;
  }

  // --- RpcConnection ---

  @Override
  public long id() {
    return id;
  }

  @Override
  public InetAddress remoteAddress() {
    InetSocketAddress address = socket.remoteSocketAddress();
    return address == null ? null : address.getAddress();
  }

  /** Where it comes from; null if that is no address of the Internet. */
  InetSocketAddress remoteSocketAddress() {
    return socket.remoteSocketAddress();
  }

  @Override
  public String remote() {
    return socket.remote();
  }

  @Override
  public String entrance() {
    return entrance;
  }

  @Override
  public Loop loopElsewhere() {
    return isAtHome ? null : socket.loop();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    if (open && !cut) {
      cut = true;
      socket.onItsLoop(socket::closeNow);
      dropWaiting();
    }
  }

  @Override
  public void onClose(Runnable task) {
    if (open) {
      closeTasks.add(task);
    } else {
      task.run();
    }
  }

  @Override
  public void holdReading(boolean newHeld) {
    if (held != newHeld) {
      held = newHeld;
      socket.onItsLoop(newHeld ? socket::hold : socket::release);
      beginWaiting();
    }
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }

  /** The loop that its programs are on. */
  Loop home() {
    return home;
  }

  // --- calls that come ---

  /** Takes a call, or a client's answer to one of ours, that the socket has received. */
  void arrived(RpcCall call) {
    assert home.inLoop() : "called outside of " + home;
    if (cut || !open) {
      call.drop();
    } else if (call.isAnswer()) {
      takeAnswer(call);
    } else if (waiting.isEmpty() && mayBegin()) {
      begin(call);
    } else {
      waiting.add(call);
      retryLater();
    }
  }

  private boolean mayBegin() {
    return !held && socket.replies().hasRoom();
  }

  private void begin(RpcCall call) {
    running.begun();
    call.begun();
    programs.serve(call);
  }

  /** A loop, not recursion: one that ends at once leaves the next one to who began it. */
  private void beginWaiting() {
    if (beginning) {
      return;
    }
    beginning = true;
    while (!waiting.isEmpty() && mayBegin()) {
      begin(waiting.poll());
    }
    beginning = false;
    retryLater();
  }

  /** That a client took replies, or others did, comes without notice. */
  private void retryLater() {
    if (!waiting.isEmpty() && !held && !retryPending) {
      retryPending = true;
      home.schedule(REPLY_RETRY_NANOS, this::retry);
    }
  }

  private void retry() {
    retryPending = false;
    beginWaiting();
  }

  private void dropWaiting() {
    while (!waiting.isEmpty()) {
      waiting.poll().drop();
    }
  }

  /** A call has ended: its reply, if it has one, and its buffers go to the socket's loop. */
  void ended(RpcCall call) {
    assert home.inLoop() : "called outside of " + home;
    boolean hadBegun = call.hasBegun();
    if (isAtHome) {
      socket.finish(call);
    } else {
      socket.loop().post(call);
    }
    if (hadBegun) {
      running.ended();
      beginWaiting();
    }
  }

  // --- calls of ours ---

  @Override
  public boolean callBack(BackCall call) {
    if (!open || cut) {
      return false;
    }
    if (backCalls == null) {
      backCalls = new BackCalls(this, home);
    }
    return backCalls.call(call);
  }

  ByteBufAllocator allocator() {
    return socket.allocator();
  }

  /** Sends a call of ours, behind the replies that were given before. */
  void send(XdrWriter call) {
    if (isAtHome) {
      socket.send(call);
      return;
    }
    socket
        .loop()
        .post(
            new HomeMail() {
              @Override
              public void deliver() {
                socket.send(call);
              }
            });
  }

  private void takeAnswer(RpcCall answer) {
    XdrReader reader = answer.reader();
    if (backCalls == null || !backCalls.replied(answer.xid(), reader)) {
      programs.isStrange(remote());
    }
    answer.drop();
  }

  // --- the end ---

  /** Reads nothing more, and closes when the calls that run have been answered. */
  void closeWhenIdle() {
    socket.onItsLoop(socket::closeWhenIdle);
  }

  /** The socket has closed; called on its loop, after all its calls. */
  void socketClosed() {
    if (isAtHome) {
      closed();
    } else {
      home.post(closedMail);
    }
  }

  private void closed() {
    assert home.inLoop() : "called outside of " + home;
    if (!open) {
      return;
    }
    open = false;
    dropWaiting();
    for (Runnable task : closeTasks) {
      try {
        task.run();
      } catch (RuntimeException e) {
        failures.error("failed to clean up after " + remote(), e);
      }
    }
    closeTasks.clear();
    if (backCalls != null) {
      backCalls.closed();
    }
  }

  // --- who may stay ---

  /** Whether it may be closed in favour of another one: nothing is under way. */
  boolean isIdle() {
    return open && !cut && waiting.isEmpty() && socket.isIdle();
  }

  /** Whether it ever made a call that this server understands. */
  boolean hasServed() {
    return socket.hasServed();
  }

  /** When its last record came, or when it was opened if none has. */
  long lastCallNanos() {
    return socket.lastCallNanos();
  }

  /** A mail that is no call. */
  private abstract static class HomeMail implements Mail {
    private Mail next;

    @Override
    public final Mail nextMail() {
      return next;
    }

    @Override
    public final void nextMail(Mail newNext) {
      next = newNext;
    }
  }
}
