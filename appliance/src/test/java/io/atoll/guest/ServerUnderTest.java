package io.atoll.guest;

/**
 * An NFS server with one file system that the tests start, kill and start again. Not thread-safe.
 */
public interface ServerUnderTest extends AutoCloseable {

  /** Starts on 127.0.0.1 with the data that is there, and returns once connections are accepted. */
  default void start(int port) throws InterruptedException {
    launch(port);
    awaitReady();
  }

  /** Begins to start, and returns before it has. */
  void launch(int port) throws InterruptedException;

  /** Returns once connections are accepted. */
  void awaitReady() throws InterruptedException;

  /** Ends it without any chance to tidy up, and returns once it is gone. */
  void killMinus9() throws InterruptedException;

  /** Ends it orderly, which must succeed. */
  void stop() throws InterruptedException;

  /** Ends it in whatever state it is. */
  @Override
  void close();
}
