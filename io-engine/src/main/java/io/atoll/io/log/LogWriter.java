package io.atoll.io.log;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.disk.IoCompletion;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * Gathers records into commit groups and writes closed groups to the log, one at a time, each with
 * one durable write. The buffers of so many groups are taken ahead, so that appending finds memory;
 * further ones are taken only when more whole groups fill while one is in flight, and given back
 * after. Loop-confined.
 */
public final class LogWriter {

  private final GroupCodec codec;
  private final SegmentSet segments;
  private final BufferSupply buffers;
  private final int groupBytes;
  private final int groupsAhead;
  private final long incarnation;
  private final long epoch;
  private final ArrayDeque<CommitGroup> gathered = new ArrayDeque<>();
  private final ArrayDeque<CommitGroup> spare = new ArrayDeque<>();
  private CommitGroup open;
  private long nextGroup;
  private int chain;

  /**
   * @param groupBytes capacity of one group, at most {@link GroupCodec#MAX_GROUP_BYTES}
   * @param groupsAhead how many groups' buffers to take ahead, and to keep
   */
  public LogWriter(
      GroupCodec codec,
      SegmentSet segments,
      BufferSupply buffers,
      int groupBytes,
      int groupsAhead,
      LogTail tail,
      long incarnation,
      long epoch) {
    this.codec = codec;
    this.segments = segments;
    this.buffers = buffers;
    this.groupBytes = groupBytes;
    this.groupsAhead = groupsAhead;
    this.incarnation = incarnation;
    this.epoch = epoch;
    nextGroup = tail.groupNumber() + 1;
    chain = tail.chain();
  }

  /** Takes the buffers of the groups ahead. */
  public void takeAhead() {
    while (spare.size() < groupsAhead) {
      spare.add(newGroup());
    }
  }

  /** Adds a record to the group being gathered. */
  public void append(long sequence, ChangeList changes, boolean needsDataSync) {
    if (open != null && !open.fits(changes)) {
      gathered.add(open);
      open = null;
    }
    if (open == null) {
      open = spare.isEmpty() ? newGroup() : spare.poll();
      open.begin(new GroupCodec.RecordPlace(incarnation, epoch, nextGroup++), sequence, chain);
    }
    chain = open.add(codec, sequence, changes, needsDataSync);
  }

  /** Groups that wait to be written, the one being gathered included. */
  public int waitingGroups() {
    return gathered.size() + (open == null ? 0 : 1);
  }

  /** Closes and takes the oldest group; null if no record waits. */
  public CommitGroup takeGroup() {
    CommitGroup group = gathered.poll();
    if (group == null) {
      group = open;
      open = null;
    }
    if (group != null) {
      group.seal(codec);
    }
    return group;
  }

  /**
   * Writes a group durably after those before it, which have completed.
   *
   * @return false if no segment is free: try again when one is
   */
  public boolean write(CommitGroup group, IoCompletion completion) {
    if (!segments.makeRoom(group.sealedBytes())) {
      return false;
    }
    segments.advance(group.sealedBytes(), group.lastSequence());
    writeAgain(group, completion);
    return true;
  }

  /** Writes the group that was last given to {@link #write} once more, to the same place. */
  public void writeAgain(CommitGroup group, IoCompletion completion) {
    long at = segments.offsetBytes() - group.sealedBytes();
    segments
        .current()
        .file()
        .writeDurably(group.buffer(), 0, group.sealedBytes(), at, completion, group.lastSequence());
  }

  /** Where the group that was last given to {@link #write} lies, for the log. */
  public String lastPlace(CommitGroup group) {
    long at = segments.offsetBytes() - group.sealedBytes();
    return segments.current().name() + " at offset " + at;
  }

  /** Whether the group that was last given to {@link #write} is the first in its segment. */
  public boolean beganSegment(CommitGroup group) {
    return segments.offsetBytes() == group.sealedBytes();
  }

  /** Takes back a group whose write has completed and whose records have been taken over. */
  public void recycle(CommitGroup group) {
    group.reset();
    if (spare.size() < groupsAhead) {
      spare.add(group);
    } else {
      group.buffer().release();
    }
  }

  /** Gives the buffers back. Nothing may be in flight. */
  public void release() {
    if (open != null) {
      open.buffer().release();
      open = null;
    }
    gathered.forEach(group -> group.buffer().release());
    gathered.clear();
    spare.forEach(group -> group.buffer().release());
    spare.clear();
  }

  private CommitGroup newGroup() {
    ByteBuf buffer = buffers.take(groupBytes);
    if (buffer == null) {
      buffer = AlignedMemory.allocate(groupBytes);
    }
    return new CommitGroup(buffer, groupBytes);
  }
}
