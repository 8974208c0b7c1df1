package io.atoll;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.loop.VertxLoop;

/**
 * A loop that sockets of a file system's clients may be on.
 *
 * @param received that loop's memory for the payloads that clients send
 */
record SocketLoop(VertxLoop loop, AlignedBufferPool.Share received) {}
