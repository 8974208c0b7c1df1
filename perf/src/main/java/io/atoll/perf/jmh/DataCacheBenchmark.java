package io.atoll.perf.jmh;

import io.atoll.io.cache.Access;
import io.atoll.io.cache.CachedRange;
import io.atoll.io.cache.DataCache;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.Volume.StatusCallback;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding data in the cache, lending it to a reply and taking it back: all of it is there. And
 * keeping what was written, in a cache that is full of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DataCacheBenchmark {

  private static final int BLOCK_BYTES = Volume.BLOCK_BYTES;
  private static final long CACHE_BYTES = 256L << 20;

  /** Files of 1 MiB that are cached, and read in turn. */
  private static final int FILES = 200;

  /** Blocks of 4 KiB that are read at once. */
  @Param({"1", "256"})
  public int blocks;

  /** Of a receive buffer of its own, as many as a connection or two have in flight. */
  private static final int PAYLOADS = 16;

  private final DataCache cache = new DataCache(volume(), loop(), new GranuleMemory(CACHE_BYTES));
  private final CachedRange range = new CachedRange(cache, end -> {});
  private final ByteBuf[] payloads = new ByteBuf[PAYLOADS];
  private ByteBuf[] pieces;
  private int next;
  private long written;

  @Setup
  public void fill() {
    pieces = new ByteBuf[CachedRange.pieces(0, (long) blocks * BLOCK_BYTES)];
    for (int i = 0; i < FILES; i++) {
      read();
    }
    int payloadBytes = blocks * BLOCK_BYTES;
    for (int i = 0; i < PAYLOADS; i++) {
      payloads[i] = Unpooled.directBuffer(payloadBytes).writeZero(payloadBytes);
    }
  }

  /** One that answers every read at once, and does nothing else. */
  private static Volume volume() {
    return (Volume)
        Proxy.newProxyInstance(
            Volume.class.getClassLoader(),
            new Class<?>[] {Volume.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("readBlocks")) {
                ((StatusCallback) arguments[arguments.length - 1]).done(VolumeStatus.OK);
              }
              return method.getReturnType() == Volume.Pin.class ? (Volume.Pin) () -> {} : null;
            });
  }

  /** One that the caller is always on. */
  private static Loop loop() {
    return (Loop)
        Proxy.newProxyInstance(
            Loop.class.getClassLoader(),
            new Class<?>[] {Loop.class},
            (proxy, method, arguments) -> method.getName().equals("inLoop") ? true : null);
  }

  @Benchmark
  public int read() {
    int file = next++ % FILES;
    range.begin(file, 0, blocks, Access.RANDOM);
    for (int i = 0; i < blocks; i++) {
      range.block(i, (long) file * blocks + i, 1, 0);
    }
    range.start();
    range.lend(0, (long) blocks * BLOCK_BYTES, pieces);
    range.end();
    int bytes = 0;
    for (ByteBuf piece : pieces) {
      bytes += piece.readableBytes();
      piece.release();
    }
    return bytes;
  }

  @Benchmark
  public void keep() {
    written++;
    long address = written * blocks;
    cache.copyIn(FILES, address, blocks, address, 1, payloads[(int) (written % PAYLOADS)], 0);
  }
}
