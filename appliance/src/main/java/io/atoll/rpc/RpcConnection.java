package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import java.net.InetAddress;

/** A client's connection. Confined to the home loop. Compared by identity. */
public interface RpcConnection {

  /** Tells connections of this process apart; never used twice. */
  long id();

  /** The other end, for messages: {@code host:port}. */
  String remote();

  /** The other end's address; null if it has none of the Internet. */
  InetAddress remoteAddress();

  /** What the server that it came by calls itself to programs; null for nothing in particular. */
  String entrance();

  /** The loop that its socket is on, if that is not the home loop; else null. */
  Loop loopElsewhere();

  boolean isOpen();

  /**
   * Calls a program of the client's own.
   *
   * @return false if the connection is closed, or has as many calls under way as it may: then
   *     nothing was sent, and the call's answer is not told anything
   */
  boolean callBack(BackCall call);

  /** Closes now. Calls that were started go on; their replies are dropped. */
  void close();

  /**
   * Has it read no further calls for as long as {@code held}, beside the reasons of its own not to.
   * Those that were read run on.
   */
  void holdReading(boolean held);

  /** What its program keeps with it, or null. */
  Object attachment();

  void attach(Object attachment);

  /** Runs {@code task} on the loop when the connection has closed, at once if it has already. */
  void onClose(Runnable task);
}
