package io.atoll.io.ring;

import io.netty.channel.IoHandle;

/** A handle whose operations must have completed before its loop's ring goes away. */
interface DrainedHandle extends IoHandle {

  /** Operations that the kernel has and hasn't ended. Loop-confined. */
  int operationsInFlight();

  /** Whether the ring has let go of it. Loop-confined. */
  boolean isGone();

  @Override
  void close();
}
