package io.atoll.fs.store;

import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeCounters;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A volume that keeps and does nothing, at once and without allocating: what is measured over it is
 * the store's own.
 */
final class StillVolume implements Volume, Volume.Mutation, Volume.Pin {
  private final VolumeCounters counters = new VolumeCounters();
  private static final SpaceStatus SPACE = new SpaceStatus(1L << 40, 0, 1L << 40);

  private final ByteBuf buffer = MemoryVolume.aligned(1 << 21, 0);
  private final ByteBuf record = MemoryVolume.aligned(1 << 14, 0);
  private long sequence;

  @Override
  public void get(byte[] key, ValueCallback callback) {
    callback.done(VolumeStatus.OK, null);
  }

  @Override
  public void scan(byte[] from, byte[] to, int limit, ScanCallback callback) {
    callback.done(VolumeStatus.OK, List.of());
  }

  @Override
  public Mutation newMutation() {
    return this;
  }

  @Override
  public long append(Mutation mutation) {
    return ++sequence;
  }

  @Override
  public long appendLazily(Mutation mutation) {
    return ++sequence;
  }

  @Override
  public long appendedSequence() {
    return sequence;
  }

  @Override
  public long commitSequence() {
    return sequence;
  }

  @Override
  public void awaitCommit(long awaited, StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public boolean congested() {
    return false;
  }

  @Override
  public void awaitRoom(StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public List<BlockRun> allocate(int blocks, AllocationClass allocationClass) {
    return List.of(new BlockRun(sequence, blocks));
  }

  @Override
  public void abandon(List<BlockRun> runs) {}

  @Override
  public void writeBlocks(BlockRun run, ByteBuf data, int index, StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf[] into, int pieces, StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public Pin pinBlocks() {
    return this;
  }

  @Override
  public void release() {}

  @Override
  public ByteBuf buffer(int bytes) {
    return buffer.retain();
  }

  @Override
  public SpaceStatus space() {
    return SPACE;
  }

  @Override
  public long incarnation() {
    return 1;
  }

  @Override
  public VolumeCounters counters() {
    return counters;
  }

  @Override
  public boolean fenced() {
    return false;
  }

  @Override
  public void close(StatusCallback callback) {
    callback.done(VolumeStatus.OK);
  }

  @Override
  public Mutation put(byte[] key, byte[] value) {
    return this;
  }

  @Override
  public ByteBuf put(int keyBytes, int valueBytes) {
    return record.clear();
  }

  @Override
  public Mutation delete(byte[] key) {
    return this;
  }

  @Override
  public Mutation allocated(BlockRun run, int[] crcs, int crcsFrom) {
    return this;
  }

  @Override
  public Mutation freed(long address, int blocks) {
    return this;
  }

  @Override
  public int encodedBytes() {
    return 0;
  }
}
