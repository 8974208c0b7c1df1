package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.space.RegionEditor;
import io.atoll.io.space.RegionSize;
import io.atoll.io.space.UnitChange;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies records to the index, some as one batch: the user's entries, from where they lie in the
 * records, and the regions whose blocks they allocate or free. Used by one worker at a time; what
 * it is given is its own until it returns.
 */
public final class RecordBatch implements ChangeVisitor {

  private final Index index;
  private final RegionSize regionSize;

  /** The key of the entry being applied, as the index has it. */
  private final ByteBuffer key = ByteBuffer.allocateDirect(1 + ChangeList.MAX_KEY_BYTES);

  private Index.Batch batch;
  private RegionEditor regions;
  private ByteBuf viewed;
  private ByteBuffer view;

  public RecordBatch(Index index, RegionSize regionSize) {
    this.index = index;
    this.regionSize = regionSize;
  }

  /**
   * @param records all after the index's applied sequence, up to {@code lastSequence}
   * @param units what has become of units, in order
   * @return null, or what is wrong: then nothing was applied
   */
  public String apply(List<ChangeList> records, long lastSequence, List<UnitChange> units) {
    try (Index.Batch newBatch = index.newBatch()) {
      batch = newBatch;
      regions = new RegionEditor(regionSize, number -> index.get(IndexKeys.region(number)));
      return gatherAndApply(records, lastSequence, units);
    } finally {
      batch = null;
      regions = null;
      viewed = null;
      view = null;
    }
  }

  /**
   * Applies records of the log, in order, at least one.
   *
   * @throws VolumeOpenException if they contradict the index: then nothing was applied
   */
  public void replay(List<Replayed> replayed) {
    List<ChangeList> records = new ArrayList<>();
    replayed.forEach(each -> records.add(each.changes()));
    String conflict = apply(records, replayed.getLast().sequence(), List.of());
    if (conflict != null) {
      throw VolumeOpenException.damaged("the log contradicts the index: " + conflict);
    }
  }

  private String gatherAndApply(
      List<ChangeList> records, long lastSequence, List<UnitChange> units) {
    for (int i = 0; i < records.size(); i++) {
      records.get(i).forEach(this);
    }
    for (int i = 0; i < units.size(); i++) {
      regions.unit(units.get(i));
    }
    if (regions.conflict() != null) {
      return regions.conflict() + " by a record up to " + lastSequence;
    }
    regions.forEach((number, image) -> batch.put(IndexKeys.region(number), image));
    index.apply(batch, lastSequence);
    return null;
  }

  @Override
  public void put(ByteBuf in, int keyAt, int keyBytes, int valueAt, int valueBytes) {
    setKey(in, keyAt, keyBytes);
    batch.put(key, slice(in, valueAt, valueBytes));
  }

  @Override
  public void delete(ByteBuf in, int keyAt, int keyBytes) {
    setKey(in, keyAt, keyBytes);
    batch.delete(key);
  }

  @Override
  public void allocated(long address, int blocks, ByteBuf in, int crcsAt) {
    regions.allocated(address, blocks);
  }

  @Override
  public void freed(long address, int blocks) {
    regions.freed(address, blocks);
  }

  private void setKey(ByteBuf in, int at, int bytes) {
    key.clear().put(IndexKeys.USER).limit(1 + bytes);
    in.getBytes(at, key);
    key.flip();
  }

  /** The buffer is compared as an object: its content, as far as it is written, is the loop's. */
  @SuppressWarnings("ReferenceEquality")
  private ByteBuffer slice(ByteBuf in, int at, int bytes) {
    if (in != viewed) {
      viewed = in;
      view = in.nioBuffer(0, in.capacity());
    }
    return view.limit(at + bytes).position(at);
  }
}
