package io.atoll.fs.scrub;

import io.atoll.fs.format.StoredChunk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator which content is lost: neighbouring blocks in one line, each file's path once,
 * and in all only so many lines a pass, whatever a disk has lost. What is not told is counted.
 * Confined to the home loop.
 */
final class DamageLog {
  private static final Logger LOG = LoggerFactory.getLogger(DamageLog.class);

  /** Lines about places in files that one pass may have, and paths that are looked for. */
  static final int MAX_TOLD_PER_PASS = 256;

  /** Places where the map can't be read that one pass names. */
  static final int MAX_GAPS_TOLD_PER_PASS = 16;

  private final PathFinder paths;
  private final Set<Long> named = new HashSet<>();
  private long blocks;
  private long blocksInPass;
  private long runsInPass;
  private long mapGaps;

  /** Inodes at which the map could not be read in this pass, as far as they are told. */
  private final List<String> gapsInPass = new ArrayList<>();

  private long mapGapsInPass;

  /** Blocks up to this one of this inode have been met in this pass. */
  private long metInode = -1;

  private long metToBytes;

  /** The run that may go on; no blocks if there is none. */
  private long runInode;

  private long runOffsetBytes;
  private long runAddress;
  private long runBlocks;

  DamageLog(PathFinder paths) {
    this.paths = paths;
  }

  /** Damaged blocks since the start, each counted once a pass. */
  long blocks() {
    return blocks;
  }

  /** Places where the map could not be read since the start, each counted once a pass. */
  long mapGaps() {
    return mapGaps;
  }

  long blocksInPass() {
    return blocksInPass;
  }

  /**
   * A block of a file can't be read, or is not what was written. In the order of inodes and places;
   * one that is read again is met once.
   *
   * @param index the block's place in the chunk
   */
  void met(StoredChunk chunk, int index, long address) {
    long inode = chunk.inode();
    long offset = chunk.fileOffsetBytes(index);
    if (inode == metInode && offset < metToBytes) {
      return;
    }
    metInode = inode;
    metToBytes = offset + StoredChunk.BLOCK_BYTES;
    blocks++;
    blocksInPass++;
    boolean goesOn =
        runBlocks > 0
            && inode == runInode
            && offset == runOffsetBytes + runBlocks * StoredChunk.BLOCK_BYTES
            && address == runAddress + runBlocks;
    if (!goesOn) {
      tell();
      runInode = inode;
      runOffsetBytes = offset;
      runAddress = address;
    }
    runBlocks++;
  }

  /**
   * The map of chunks can't be read from {@code at} on.
   *
   * @param readable from which inode on it can be again; Long.MAX_VALUE if from none
   */
  void metMapGap(ScrubPosition at, long readable) {
    mapGaps++;
    mapGapsInPass++;
    if (gapsInPass.size() >= MAX_GAPS_TOLD_PER_PASS) {
      return;
    }
    long inode = at.inode();
    String where =
        "inode "
            + inode
            + (at.chunk() == 0 ? "" : " from byte " + at.chunk() * StoredChunk.CHUNK_BYTES + " on")
            + (readable == Long.MAX_VALUE
                ? " and all after it"
                : readable - inode == 1 ? "" : " up to inode " + (readable - 1));
    gapsInPass.add(where);
    LOG.error(
        "The map of chunks can't be read: content of {} is not compared. Look at the disk;"
            + " 'atoll fsck' says what is damaged",
        where);
    paths.find(
        inode,
        (path, unreadable) -> {
          if (path != null) {
            LOG.error("Inode {}, whose map can't be read, is {}", inode, path);
          }
        });
  }

  /** Tells what was met. */
  void tell() {
    if (runBlocks == 0) {
      return;
    }
    runsInPass++;
    if (runsInPass <= MAX_TOLD_PER_PASS) {
      LOG.error(
          "Content is lost: bytes {} to {} of inode {}, extents/0000 at offset {}, can't be read or"
              + " do not match their checksum; reading them gives an I/O error",
          runOffsetBytes,
          runOffsetBytes + runBlocks * StoredChunk.BLOCK_BYTES - 1,
          runInode,
          runAddress * StoredChunk.BLOCK_BYTES);
      if (named.add(runInode)) {
        name(runInode);
      }
    }
    runBlocks = 0;
  }

  private void name(long inode) {
    paths.find(
        inode,
        (path, unreadable) ->
            LOG.error(
                "Inode {}, of which content is lost, is {}: restore it from a backup, or write the"
                    + " range anew",
                inode,
                path != null
                    ? path
                    : unreadable
                        ? "a file whose name can't be found, as the map can't be read"
                        : "a file without a name"));
  }

  /**
   * Says what a pass has found so far, if anything.
   *
   * @param end how it ends
   */
  void sumUp(long pass, String end) {
    tell();
    if (blocksInPass > 0) {
      LOG.error(
          "Pass {} of the scrubber {}: it has found {} damaged blocks in {} places, of which {} are"
              + " told above",
          pass,
          end,
          blocksInPass,
          runsInPass,
          Math.min(runsInPass, MAX_TOLD_PER_PASS));
    }
    if (mapGapsInPass > 0) {
      LOG.error(
          "Pass {} of the scrubber {}: it could not read the map of chunks in {} places, among them"
              + " {}",
          pass,
          end,
          mapGapsInPass,
          String.join("; ", gapsInPass));
    }
  }

  void nextPass() {
    named.clear();
    blocksInPass = 0;
    runsInPass = 0;
    mapGapsInPass = 0;
    gapsInPass.clear();
    metInode = -1;
  }
}
