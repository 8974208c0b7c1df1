package io.atoll.perf.disk;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.IoCompletion;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** Puts a {@link DiskWorkload} on a file of a ring for some time. Runs on the ring's loop. */
final class RingLoad implements IoCompletion {

  /** How many completions go between two looks at the clock. */
  private static final int CLOCK_MASK = 15;

  private final DiskFile file;
  private final DiskWorkload workload;
  private final ByteBuf[] buffers;
  private final long blocks;
  private final long durationNanos;
  private final CompletableFuture<Double> rate = new CompletableFuture<>();
  private long state = 0x9E3779B97F4A7C15L;
  private long sequential;
  private long startNanos;
  private long ended;
  private int inFlight;
  private boolean over;

  private RingLoad(
      DiskFile file, long fileBytes, DiskWorkload workload, ByteBuf[] buffers, long durationNanos) {
    this.file = file;
    this.workload = workload;
    this.buffers = buffers;
    this.blocks = fileBytes / workload.blockBytes();
    this.durationNanos = durationNanos;
  }

  /** Operations a second. */
  static double run(
      RingFixture ring, DiskFile file, long fileBytes, DiskWorkload workload, long durationNanos)
      throws Exception {
    ByteBuf[] buffers = new ByteBuf[workload.depth()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = ring.buffer(workload.blockBytes());
    }
    RingLoad load = new RingLoad(file, fileBytes, workload, buffers, durationNanos);
    ring.loop().execute(load::start);
    double rate = ring.await(load.rate);
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
    return rate;
  }

  private void start() {
    startNanos = System.nanoTime();
    for (int i = 0; i < buffers.length; i++) {
      next(i);
    }
  }

  private void next(int buffer) {
    inFlight++;
    long offset = block() * workload.blockBytes();
    if (workload.writes()) {
      file.write(buffers[buffer], 0, workload.blockBytes(), offset, this, buffer);
    } else {
      file.read(buffers[buffer], 0, workload.blockBytes(), offset, this, buffer);
    }
  }

  private long block() {
    if (!workload.random()) {
      return sequential++ % blocks;
    }
    state ^= state << 13;
    state ^= state >>> 7;
    state ^= state << 17;
    return Long.remainderUnsigned(state, blocks);
  }

  @Override
  public void completed(long buffer, int result) {
    inFlight--;
    if (result != workload.blockBytes()) {
      rate.completeExceptionally(new IllegalStateException("an operation ended with " + result));
      over = true;
    }
    ended++;
    if ((ended & CLOCK_MASK) == 0 && System.nanoTime() - startNanos >= durationNanos) {
      over = true;
    }
    if (!over) {
      next((int) buffer);
    } else if (inFlight == 0) {
      rate.complete(ended * 1e9 / (System.nanoTime() - startNanos));
    }
  }
}
