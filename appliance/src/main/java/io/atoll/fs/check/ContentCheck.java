package io.atoll.fs.check;

import io.atoll.fs.FileType;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.SpaceCheck;
import io.atoll.io.check.SpaceCheck.Reference;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what files consist of: their chunks against the volume's map of space and against what the
 * inode counts, small content against the inode's length, and on request the data themselves.
 */
final class ContentCheck implements AutoCloseable {
  private static final int MAX_INLINE_BYTES = 2048;
  private static final int MAX_SYMLINK_BYTES = 4096;
  private static final int SMALL_HEADER_BYTES = 8;

  /** So many blocks that two files claim are told with both their names. */
  private static final int MAX_SHARED_TOLD = 1000;

  private final VolumeImage volume;
  private final NameTable names;
  private final Findings findings;
  private final SpaceCheck space;
  private final Follower chunks;
  private final Follower small;
  private final DataVerifier data;
  private final Set<Long> shared = new TreeSet<>();

  /**
   * @param data null if data are not to be read
   */
  ContentCheck(VolumeImage volume, NameTable names, Findings findings, DataVerifier data) {
    this.volume = volume;
    this.names = names;
    this.findings = findings;
    this.data = data;
    space = volume.space();
    chunks = follow(StoredKeys.CHUNK, "blocks");
    small = follow(StoredKeys.SMALL, "small content");
  }

  private Follower follow(byte kind, String what) {
    return new Follower(
        volume.cursor(new byte[] {kind}, StoredKeys.endOf(kind)),
        StoredKeys.INODE_AT,
        number ->
            findings.add(
                Kind.STRUCTURE, "inode " + number, "there is " + what + " of it, but no inode"));
  }

  /**
   * @param trimmed whether blocks behind the end are still being freed
   */
  void check(StoredInode inode, boolean trimmed) {
    long mapped = 0;
    while (chunks.isAt(inode.number())) {
      try {
        mapped += checkChunk(inode, trimmed);
      } catch (MalformedValueException e) {
        fault(inode, "one of its chunk maps: " + e.getMessage());
      }
      chunks.take();
    }
    if (mapped > 0 && (!inode.isRegular() || inode.inline())) {
      fault(inode, "it has " + mapped + " blocks, though it should have none");
    }
    if (inode.isRegular() && !inode.gone() && mapped != inode.usedBlocks()) {
      fault(inode, "it counts " + inode.usedBlocks() + " blocks and has " + mapped);
    }
    checkSmall(inode);
  }

  private long checkChunk(StoredInode inode, boolean trimmed) throws MalformedValueException {
    StoredChunk chunk = StoredChunk.decode(chunks.key(), chunks.value());
    long mapped = 0;
    for (StoredChunk.Run run : chunk.runs()) {
      mapped += run.blocks();
      if (run.birth() > volume.lastSequence()) {
        fault(
            inode,
            "its block "
                + run.address()
                + " was born with record "
                + run.birth()
                + ", and the last record is "
                + volume.lastSequence());
      }
      for (int i = 0; i < run.blocks(); i++) {
        refer(inode, chunk, run, i);
      }
    }
    StoredChunk.Run last = chunk.runs().getLast();
    long lastStart = chunk.fileOffsetBytes(last.first() + last.blocks() - 1);
    if (lastStart >= inode.sizeBytes() && !inode.gone() && !trimmed) {
      fault(inode, "it has blocks at offset " + lastStart + ", behind its end");
    }
    if (data != null) {
      data.verify(chunk, inode.gone() || trimmed ? -1 : inode.sizeBytes());
    }
    return mapped;
  }

  private void refer(StoredInode inode, StoredChunk chunk, StoredChunk.Run run, int index) {
    long address = run.address() + index;
    Reference reference = space.refer(address);
    if (reference == Reference.SOUND) {
      return;
    }
    if (reference == Reference.SHARED && shared.size() < MAX_SHARED_TOLD) {
      shared.add(address); // who else has it is found at the end
      return;
    }
    long offset = chunk.fileOffsetBytes(run.first() + index);
    findings.add(
        Kind.STRUCTURE,
        () -> names.placeOf(inode.number()) + " at offset " + offset,
        "its block "
            + address
            + switch (reference) {
              case SHARED -> " belongs to another one, too";
              case FREE -> " is free for others";
              default -> " is behind the end of the extents";
            });
  }

  private void checkSmall(StoredInode inode) {
    boolean wanted = inode.type() == FileType.SYMLINK || (inode.inline() && inode.sizeBytes() > 0);
    if (!small.isAt(inode.number())) {
      if (wanted && !inode.gone()) {
        fault(inode, "its content of " + inode.sizeBytes() + " bytes is missing");
      }
      return;
    }
    byte[] value = small.value();
    small.take();
    if (inode.gone()) {
      return;
    }
    try {
      MalformedValueException.check(value, SMALL_HEADER_BYTES);
    } catch (MalformedValueException e) {
      fault(inode, "its content: " + e.getMessage());
      return;
    }
    int most = inode.type() == FileType.SYMLINK ? MAX_SYMLINK_BYTES : MAX_INLINE_BYTES;
    int length = value.length - SMALL_HEADER_BYTES;
    if (!wanted || length != inode.sizeBytes() || length > most) {
      fault(inode, "it is " + inode.sizeBytes() + " bytes long and has small content of " + length);
    }
  }

  /** All inodes have been checked: tells what no file has, and what two have. */
  void end() {
    chunks.end();
    small.end();
    space.forEachLeak((address, blocks) ->
        findings.add(
            Kind.HARMLESS,
            "extents/0000 at offset " + address * StoredChunk.BLOCK_BYTES,
            blocks + " blocks are in use, and no file has them"));
    if (!shared.isEmpty()) {
      tellShared();
    }
  }

  private void tellShared() {
    try (IndexCursor all =
        volume.cursor(new byte[] {StoredKeys.CHUNK}, StoredKeys.endOf(StoredKeys.CHUNK))) {
      while (all.next()) {
        try {
          StoredChunk chunk = StoredChunk.decode(all.key(), all.value());
          chunk.runs().forEach(run -> tellShared(chunk, run));
        } catch (MalformedValueException alreadyTold) {
          // by the walk over all inodes
        }
      }
    }
  }

  private void tellShared(StoredChunk chunk, StoredChunk.Run run) {
    for (int i = 0; i < run.blocks(); i++) {
      if (shared.contains(run.address() + i)) {
        long offset = chunk.fileOffsetBytes(run.first() + i);
        findings.add(
            Kind.STRUCTURE,
            () -> names.placeOf(chunk.inode()) + " at offset " + offset,
            "its block " + (run.address() + i) + " belongs to several files");
      }
    }
  }

  private void fault(StoredInode inode, String what) {
    findings.add(Kind.STRUCTURE, () -> names.placeOf(inode.number()), what);
  }

  @Override
  public void close() {
    chunks.close();
    small.close();
    if (data != null) {
      data.close();
    }
  }
}
