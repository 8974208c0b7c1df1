package io.atoll.io.log;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * A group being gathered or written: an aligned buffer that records are encoded into, and the
 * records themselves for whoever applies them. Reused. Loop-confined.
 */
public final class CommitGroup {

  private final ByteBuf buffer;
  private final int capacityBytes;
  private final List<ChangeList> records = new ArrayList<>();
  private GroupCodec.RecordPlace place;
  private long firstSequence;
  private int chainBefore;
  private int chainAfter;
  private boolean dataSyncNeeded;
  private int sealedBytes;

  CommitGroup(ByteBuf buffer, int capacityBytes) {
    this.buffer = buffer;
    this.capacityBytes = capacityBytes;
  }

  void begin(GroupCodec.RecordPlace newPlace, long newFirstSequence, int newChainBefore) {
    place = newPlace;
    firstSequence = newFirstSequence;
    chainBefore = newChainBefore;
    chainAfter = newChainBefore;
    dataSyncNeeded = false;
    sealedBytes = 0;
    buffer.setZero(0, GroupCodec.HEADER_BYTES);
    buffer.setIndex(0, GroupCodec.HEADER_BYTES);
  }

  boolean fits(ChangeList changes) {
    return buffer.writerIndex() + GroupCodec.recordBytes(changes) <= capacityBytes;
  }

  /** Adds a record that {@link #fits}; returns its checksum. */
  int add(GroupCodec codec, long sequence, ChangeList changes, boolean needsDataSync) {
    chainAfter = codec.encodeRecord(buffer, place, sequence, changes, chainAfter);
    records.add(changes);
    dataSyncNeeded |= needsDataSync;
    return chainAfter;
  }

  /** Completes the header and pads with zeros to whole blocks. */
  void seal(GroupCodec codec) {
    int used = buffer.writerIndex();
    sealedBytes = GroupCodec.paddedBytes(used);
    buffer.setZero(used, sealedBytes - used);
    codec.encodeHeader(
        buffer,
        new GroupHeader(
            place.group(),
            place.incarnation(),
            place.epoch(),
            firstSequence,
            records.size(),
            used - GroupCodec.HEADER_BYTES,
            chainBefore,
            chainAfter));
  }

  void reset() {
    records.clear();
  }

  ByteBuf buffer() {
    return buffer;
  }

  /** Its length on disk; known once it is closed. */
  public int sealedBytes() {
    return sealedBytes;
  }

  public long lastSequence() {
    return firstSequence + records.size() - 1;
  }

  /** The records in order; the list is reused, its elements are not touched again. */
  public List<ChangeList> records() {
    return records;
  }

  /** Whether some of its data lies in space that was never written, and needs a sync of its own. */
  public boolean dataSyncNeeded() {
    return dataSyncNeeded;
  }
}
