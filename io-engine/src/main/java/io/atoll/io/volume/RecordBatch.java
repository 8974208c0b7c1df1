package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.space.RegionEditor;
import io.atoll.io.space.UnitChange;
import java.util.List;

/**
 * Applies records to the index as one batch: the user's entries, and the regions whose blocks they
 * allocate or free. Used by one worker at a time; what it is given is its own until it returns.
 */
public final class RecordBatch implements ChangeVisitor {

  private final Index.Batch batch;
  private final RegionEditor regions;

  private RecordBatch(Index index, Index.Batch batch) {
    this.batch = batch;
    regions = new RegionEditor(number -> index.get(IndexKeys.region(number)));
  }

  /**
   * @param records all after the index's applied sequence, up to {@code lastSequence}
   * @param units what has become of units, in order
   * @return null, or what is wrong: then nothing was applied
   */
  public static String apply(
      Index index, List<ChangeList> records, long lastSequence, List<UnitChange> units) {
    try (Index.Batch batch = index.newBatch()) {
      return apply(index, batch, records, lastSequence, units);
    }
  }

  private static String apply(
      Index index,
      Index.Batch batch,
      List<ChangeList> records,
      long lastSequence,
      List<UnitChange> units) {
    RecordBatch all = new RecordBatch(index, batch);
    for (ChangeList record : records) {
      record.forEach(all);
    }
    units.forEach(all.regions::unit);
    if (all.regions.conflict() != null) {
      return all.regions.conflict() + " by a record up to " + lastSequence;
    }
    all.regions.forEach((number, image) -> batch.put(IndexKeys.region(number), image));
    index.apply(batch, lastSequence);
    return null;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    batch.put(IndexKeys.user(key), value);
  }

  @Override
  public void delete(byte[] key) {
    batch.delete(IndexKeys.user(key));
  }

  @Override
  public void allocated(long address, int blocks, int[] crcs, int crcsFrom) {
    regions.allocated(address, blocks);
  }

  @Override
  public void freed(long address, int blocks) {
    regions.freed(address, blocks);
  }
}
