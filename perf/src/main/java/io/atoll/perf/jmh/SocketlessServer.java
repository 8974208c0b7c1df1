package io.atoll.perf.jmh;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.loop.Loop;
import io.atoll.nfs4.compound.NfsProgram;
import io.atoll.nfs4.compound.OpTable;
import io.atoll.nfs4.op.ClientJournal;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.FileOperations;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.ServerIdentity;
import io.atoll.nfs4.op.Squash;
import io.atoll.nfs4.op.StateOperations;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.StateLimits;
import io.atoll.nfs4.state.StateSettings;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.nfs4.wire.WritePayloadFinder;
import io.atoll.rpc.AlignedPayloads;
import io.atoll.rpc.ChannelConnection;
import io.atoll.rpc.RpcLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * All of a server of NFSv4.1 between its socket and its file system, with one connection: records
 * go in as a socket would receive them, and buffers come out as it would send them.
 */
final class SocketlessServer implements AutoCloseable {
  private static final int LEASE_SECONDS = 90;
  private static final long PAYLOAD_BYTES = AlignedBufferPool.SLAB_BYTES;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final RecvByteBufAllocator.ExtendedHandle receiving;
  private final AlignedBufferPool payloads = new AlignedBufferPool(PAYLOAD_BYTES);

  SocketlessServer(FileSystem fileSystem) {
    Loop loop = new CallersLoop();
    int transferBytes = fileSystem.maxTransferBytes();
    NfsState state =
        new NfsState(
            StateSettings.of(LEASE_SECONDS, StateLimits.DEFAULT),
            loop,
            fileSystem.writeVerifier(),
            new Random(1),
            new ClientJournal(fileSystem.records()),
            List.of(),
            file -> fileSystem.release((FileHandle) file),
            fileSystem::graceEnded);
    Export export =
        Export.of(
            fileSystem,
            Squash.DEFAULT,
            new ServerFacts(LEASE_SECONDS, transferBytes, transferBytes));
    Map<Operation, Op> operations = FileOperations.all(StateOperations.check(state));
    operations.putAll(
        StateOperations.all(state, ServerIdentity.of(fileSystem.id(), "jmh"), export.handles()));
    NfsProgram program =
        new NfsProgram(
            export,
            List.of(new OpTable(0, operations), new OpTable(1, operations)),
            RpcLimits.DEFAULT.maxRecordBytes(),
            loop::monotonicNanos);
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    ChannelConnection.serve(
        channel,
        loop,
        RpcLimits.DEFAULT,
        new WritePayloadFinder(transferBytes),
        new AlignedPayloads(payloads.share()),
        program);
    RecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
    receiving = (RecvByteBufAllocator.ExtendedHandle) allocator.newHandle();
  }

  /** Receives a record, in as many pieces as the server takes it in. */
  void receive(ByteBuf record) {
    int from = record.readerIndex();
    while (from < record.writerIndex()) {
      ByteBuf buffer = receiving.allocate(channel.alloc());
      int length = Math.min(buffer.writableBytes(), record.writerIndex() - from);
      buffer.writeBytes(record, from, length);
      channel.writeInbound(buffer);
      from += length;
    }
  }

  /** Takes what was sent, without looking at it; how many bytes it was. */
  int discardSent() {
    int bytes = 0;
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      bytes += part.readableBytes();
      part.release();
    }
    return bytes;
  }

  /** What was sent, in one buffer. */
  ByteBuf sent() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part, part.readerIndex(), part.readableBytes());
      part.release();
    }
    return all;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    discardSent();
    payloads.close();
  }

  /** Whoever calls is on it; what is to be done later never is. */
  private static final class CallersLoop implements Loop {
    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      return () -> {};
    }

    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallClockNanos() {
      return System.currentTimeMillis() * 1_000_000;
    }
  }
}
