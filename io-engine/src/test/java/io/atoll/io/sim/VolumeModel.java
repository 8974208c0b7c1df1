package io.atoll.io.sim;

import io.atoll.io.volume.BlockRun;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a volume should hold: the records appended to it, replayed naively. */
public final class VolumeModel {

  private final List<Change> records = new ArrayList<>();
  private final NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
  private final Map<Long, Integer> blockCrcs = new HashMap<>();

  public static byte[] key(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Takes in a record as it was appended. */
  public void append(Change record) {
    records.add(record);
    apply(record);
  }

  public long sequence() {
    return records.size();
  }

  public Change record(long sequence) {
    return records.get((int) sequence - 1);
  }

  /** Forgets the records after {@code sequence}. */
  public void truncate(long sequence) {
    if (sequence == records.size()) {
      return;
    }
    records.subList((int) sequence, records.size()).clear();
    map.clear();
    blockCrcs.clear();
    records.forEach(this::apply);
  }

  /** The map as of the last record. */
  public NavigableMap<byte[], byte[]> map() {
    return map;
  }

  /** Blocks in use as of the last record, with their checksums. */
  public Map<Long, Integer> blockCrcs() {
    return blockCrcs;
  }

  private void apply(Change record) {
    record.changes.forEach((key, value) -> {
      if (value == null) {
        map.remove(key);
      } else {
        map.put(key, value);
      }
    });
    for (Allocation allocation : record.allocated) {
      for (int i = 0; i < allocation.run.blocks(); i++) {
        Integer other = blockCrcs.put(allocation.run.address() + i, allocation.crcs[i]);
        if (other != null) {
          throw new AssertionError(
              "block " + (allocation.run.address() + i) + " is in use already");
        }
      }
    }
    for (BlockRun run : record.freed) {
      for (long block = run.address(); block < run.end(); block++) {
        blockCrcs.remove(block);
      }
    }
  }

  /** One record: what it changes, and a number that nothing else has. */
  public static final class Change {
    final long marker;
    final NavigableMap<byte[], byte[]> changes = new TreeMap<>(Arrays::compareUnsigned);
    final List<Allocation> allocated = new ArrayList<>();
    final List<BlockRun> freed = new ArrayList<>();

    Change(long marker) {
      this.marker = marker;
    }
  }

  /** A run with the checksums of its blocks. */
  record Allocation(BlockRun run, int[] crcs) {}
}
