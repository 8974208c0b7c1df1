package io.atoll.io.ring;

import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;

/** A handle whose operations must have completed before its loop's ring goes away. */
interface DrainedHandle extends IoHandle {

  /**
   * Takes the ring's own registration, before the loop wraps it. Operations are submitted by this
   * one: the compiler then sees one receiver at one call site, and leaves out the entry object.
   */
  void submitsBy(IoRegistration ring);

  /** Whether operations wait for the next burst. Loop-confined. */
  boolean hasStaged();

  /**
   * Begins a burst, once the kernel has the one before, with what waits. Loop-confined.
   *
   * @return whether there is anything in it
   */
  boolean nextBurst();

  /** Operations that the kernel has and hasn't ended. Loop-confined. */
  int operationsInFlight();

  /** Whether the ring has let go of it. Loop-confined. */
  boolean isGone();

  @Override
  void close();
}
