package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.BLOCK_BYTES;
import static io.atoll.io.cache.CacheLimits.GRANULE_BLOCKS;

import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Granules of file data. {@link CachedRange} reads through it; this class keeps what all ranges
 * share: which granule holds what, who uses it, and which disk read is under way for a block.
 *
 * <p>A block of a granule is empty, being filled, or filled, with the identity (address and birth)
 * that it was asked for by. While a granule is pinned, what is filled in it stays as it is: who
 * needs another identity at that place gets a new granule, and the old one goes with its last pin.
 *
 * <p>Confined to its loop, but for the release of what was lent, which may come from anywhere.
 */
public class DataCache implements S3Fifo.Holder {
  /** Where nothing lies: such a block reads as zeros. */
  public static final long HOLE = -1;

  /** No granule of this cache, but the one that is zero. */
  static final int ZEROS = -2;

  private static final long EMPTY = GranuleTable.EMPTY;

  private static final int MAX_SPARE_FILLS = 256;

  final Volume volume;
  final GranuleMemory memory;
  private final GranuleShare share;
  private final GranuleTable table;
  private final Loop loop;
  private final CacheCounters counters = new CacheCounters();
  private final int granules;
  private final GranuleMap map;
  private final S3Fifo policy;

  /** For each block of each granule. */
  private final long[] addresses;

  private final long[] births;
  private final Fill[] fills;

  /** For each granule: see {@link GranuleTable}. */
  private final int[] pins;

  private final int[] lent;

  private final boolean[] unread;
  private final boolean[] detached;
  private final ArrayDeque<Fill> spareFills = new ArrayDeque<>();
  private final ArrayDeque<CachedRange> waiting = new ArrayDeque<>();
  private int unreadGranules;

  /** Parts of granules that are lent, those of the one of zeros included. */
  private int viewsLent;

  /**
   * @param memory this cache's alone from now on, for as long as it is used
   */
  public DataCache(Volume volume, Loop loop, GranuleMemory memory) {
    this(volume, loop, memory.alone());
  }

  /**
   * @param share this cache's alone
   */
  public DataCache(Volume volume, Loop loop, GranuleShare share) {
    this.volume = volume;
    this.loop = loop;
    this.share = share;
    table = share.table;
    memory = table.memory;
    granules = table.granules;
    map = table.map;
    policy = new S3Fifo(table.links, this);
    addresses = table.addresses;
    births = table.births;
    fills = table.fills;
    pins = table.pins;
    lent = table.lent;
    unread = table.unread;
    detached = table.detached;
    share.attach(this);
  }

  public CacheCounters counters() {
    return counters;
  }

  /** Granules in use now: by ranges, or lent; for tests and metrics. */
  public int pinnedGranules() {
    return (int) share.pinned.taken();
  }

  /** Granules lent to replies now. */
  public int lentGranules() {
    return (int) share.lent.taken();
  }

  /** How many granules there are, for it and those that share them with it. */
  public int granules() {
    return granules;
  }

  // --- admission ---

  /** Whether so many granules can be had now, and nobody waits already. */
  boolean hasRoom(int count) {
    return waiting.isEmpty() && share.pinned.room() >= count;
  }

  /** Whether there is room to read what nobody has asked for. */
  boolean hasRoomAhead(int count) {
    return hasRoom(count)
        && table.pinned.used() <= granules - granules / 2
        && unreadGranules + count <= granules / CacheLimits.UNREAD_SHARE / table.members();
  }

  /** Has {@link CachedRange#admitted} called when there is room; false if too many wait. */
  boolean await(CachedRange range) {
    if (waiting.size() == CacheLimits.MAX_WAITING_RANGES) {
      return false;
    }
    counters.rangesWaited++;
    waiting.add(range);
    table.waiting(1);
    return true;
  }

  /** Begins what waits, as far as there is room. */
  void admit() {
    while (!waiting.isEmpty() && share.pinned.room() >= waiting.peek().granules()) {
      table.waiting(-1);
      waiting.poll().admitted();
    }
  }

  // --- sharing ---

  /** Granules that can be found. */
  int held() {
    return policy.size();
  }

  /** Gives up the granule that is needed least; {@link S3Fifo#NONE} if all are pinned. */
  int evict() {
    int slot = policy.evict();
    if (slot != S3Fifo.NONE) {
      counters.evictions++;
      map.remove(slot);
      clear(slot);
    }
    return slot;
  }

  /** Gives up all that are not pinned. */
  void giveUp() {
    for (int slot = evict(); slot != S3Fifo.NONE; slot = evict()) {
      table.give(slot);
    }
    table.wake(loop);
  }

  boolean isUnused() {
    return share.pinned.taken() == 0 && viewsLent == 0;
  }

  // --- granules ---

  /** The granule at this place of the file, pinned; a new one if there is none. */
  int pin(long inode, long place, Access access, boolean fromItsStart) {
    int slot = map.find(share.number, inode, place);
    if (slot == GranuleMap.NONE) {
      return pinNew(inode, place, access);
    }
    addPin(slot);
    if (access == Access.RANDOM || access == Access.SEQUENTIAL) {
      if (unread[slot]) {
        counters.granulesAheadUsed++;
        setRead(slot);
      } else if (access == Access.RANDOM || fromItsStart) {
        policy.use(slot);
      }
    }
    return slot;
  }

  /** A new granule in place of {@code old}, which is pinned, with what is filled in it. */
  int replace(int old, long inode, long place, Access access) {
    counters.replacements++;
    map.remove(old);
    policy.leave(old);
    detached[old] = true;
    int slot = pinNew(inode, place, access);
    for (int i = 0; i < GRANULE_BLOCKS; i++) {
      int from = old * GRANULE_BLOCKS + i;
      if (addresses[from] != EMPTY && fills[from] == null) {
        memory.copy(old, slot, i * BLOCK_BYTES, BLOCK_BYTES);
        addresses[slot * GRANULE_BLOCKS + i] = addresses[from];
        births[slot * GRANULE_BLOCKS + i] = births[from];
      }
    }
    unpin(old);
    return slot;
  }

  private int pinNew(long inode, long place, Access access) {
    int slot = table.take(share);
    map.put(slot, share.number, inode, place);
    policy.enter(slot, GranuleMap.hash(share.number, inode, place));
    addPin(slot);
    if (access == Access.AHEAD) {
      counters.granulesAhead++;
      unread[slot] = true;
      unreadGranules++;
    }
    return slot;
  }

  private void clear(int slot) {
    Arrays.fill(addresses, slot * GRANULE_BLOCKS, (slot + 1) * GRANULE_BLOCKS, EMPTY);
    if (unread[slot]) {
      counters.granulesAheadWasted++;
      setRead(slot);
    }
  }

  private void setRead(int slot) {
    unread[slot] = false;
    unreadGranules--;
  }

  private void addPin(int slot) {
    if (pins[slot]++ == 0) {
      share.pinned.add(1);
    }
  }

  void unpin(int slot) {
    if (--pins[slot] > 0) {
      return;
    }
    share.pinned.add(-1);
    if (share.hasLeft() && !detached[slot]) {
      policy.leave(slot);
      map.remove(slot);
      detached[slot] = true;
    }
    if (detached[slot]) {
      detached[slot] = false;
      clear(slot);
      table.give(slot);
    }
    share.goneIfComplete();
    table.wake(loop);
  }

  /** Whether anyone else uses the granule than whoever asks, who has pinned it once. */
  boolean isShared(int slot) {
    return pins[slot] > 1;
  }

  @Override
  public boolean isPinned(int slot) {
    return pins[slot] > 0;
  }

  @Override
  public boolean isUnread(int slot) {
    return unread[slot];
  }

  // --- blocks ---

  /** Whether the block is filled or being filled, with whatever. */
  boolean isTaken(int block) {
    return addresses[block] != EMPTY;
  }

  /** Whether the block is filled or being filled with this very one. */
  boolean matches(int block, long address, long birth) {
    return addresses[block] == address && births[block] == birth;
  }

  /** By which address the block is filled or being filled. */
  final long addressOf(int block) {
    return addresses[block];
  }

  /** The disk read that is under way for the block; null if none is. */
  Fill fill(int block) {
    return fills[block];
  }

  /** Empties a block that is filled. */
  void empty(int block) {
    addresses[block] = EMPTY;
  }

  /** Says what an empty block will be filled with, and by what; by null: it is filled. */
  void fillWith(int block, long address, long birth, Fill fill) {
    addresses[block] = address;
    births[block] = birth;
    fills[block] = fill;
  }

  /** The disk read of the block has ended. */
  void filled(int block, boolean well) {
    fills[block] = null;
    if (!well) {
      addresses[block] = EMPTY;
    }
  }

  Fill takeFill() {
    Fill fill = spareFills.poll();
    return fill != null ? fill : new Fill(this);
  }

  void give(Fill fill) {
    if (spareFills.size() < MAX_SPARE_FILLS) {
      spareFills.push(fill);
    }
  }

  /** Has a defect reported by the loop, in a turn of its own. */
  void report(RuntimeException defect) {
    loop.execute(() -> {
      throw defect;
    });
  }

  // --- single blocks ---

  /**
   * Copies a block that is here with this very identity.
   *
   * @return false if it is not here: then nothing was copied
   */
  public boolean copyOut(
      long inode, long block, long address, long birth, ByteBuf into, int index) {
    int slot = map.find(share.number, inode, block / GRANULE_BLOCKS);
    if (slot == GranuleMap.NONE) {
      return false;
    }
    int inGranule = (int) (block % GRANULE_BLOCKS);
    int cached = slot * GRANULE_BLOCKS + inGranule;
    if (!matches(cached, address, birth) || fills[cached] != null) {
      return false;
    }
    GranuleView view = blockView(slot, inGranule);
    into.setBytes(index, view, view.readerIndex(), BLOCK_BYTES);
    view.release();
    counters.edgesFound++;
    return true;
  }

  /**
   * Keeps blocks that have just been written, which are neighbours in the file and on the disk, but
   * for those that there is no room for, or in whose places others use what is there.
   *
   * @param from where they lie, from {@code index} on
   */
  public void copyIn(
      long inode, long firstBlock, int blocks, long address, long birth, ByteBuf from, int index) {
    int done = 0;
    while (done < blocks && hasRoom(1)) {
      int inGranule = (int) ((firstBlock + done) % GRANULE_BLOCKS);
      int count = Math.min(blocks - done, GRANULE_BLOCKS - inGranule);
      int slot = pin(inode, (firstBlock + done) / GRANULE_BLOCKS, Access.WRITTEN, false);
      copyIn(slot, inGranule, count, address + done, birth, from, index + done * BLOCK_BYTES);
      unpin(slot);
      done += count;
    }
  }

  private void copyIn(
      int slot, int inGranule, int blocks, long address, long birth, ByteBuf from, int index) {
    GranuleView view = memory.view(slot, 0, CacheLimits.GRANULE_BYTES, null);
    int start = view.readerIndex() + inGranule * BLOCK_BYTES;
    int copied = 0;
    for (int i = 0; i < blocks; i++) {
      int block = slot * GRANULE_BLOCKS + inGranule + i;
      if (isTaken(block) && (isShared(slot) || fills[block] != null)) {
        copy(from, index, view, start, copied, i);
        copied = i + 1;
      } else {
        fillWith(block, address + i, birth, null);
        counters.blocksWritten++;
      }
    }
    copy(from, index, view, start, copied, blocks);
    view.release();
  }

  /** Copies blocks {@code first} to {@code end} of those that begin at the two indexes. */
  private static void copy(
      ByteBuf from, int index, GranuleView into, int start, int first, int end) {
    if (end > first) {
      into.setBytes(
          start + first * BLOCK_BYTES,
          from,
          index + first * BLOCK_BYTES,
          (end - first) * BLOCK_BYTES);
    }
  }

  private GranuleView blockView(int slot, int inGranule) {
    return memory.view(slot, inGranule * BLOCK_BYTES, (inGranule + 1) * BLOCK_BYTES, null);
  }

  // --- lending ---

  /**
   * Bytes of a granule for a reply, which the receiver releases: the granule's own memory, pinned
   * until then, or a copy if too much is lent; null if there is no memory for a copy.
   */
  ByteBuf lend(int slot, int fromByte, int toByte) {
    if (slot == ZEROS) {
      viewsLent++;
      return memory.view(memory.zeros(), fromByte, toByte, this);
    }
    if (lent[slot] == 0 && share.lent.room() == 0) {
      return copy(slot, fromByte, toByte);
    }
    if (lent[slot]++ == 0) {
      share.lent.add(1);
    }
    viewsLent++;
    addPin(slot);
    counters.lentPieces++;
    counters.lentBytes += toByte - fromByte;
    return memory.view(slot, fromByte, toByte, this);
  }

  private ByteBuf copy(int slot, int fromByte, int toByte) {
    ByteBuf copy = volume.replyBuffer(toByte - fromByte);
    if (copy != null) {
      GranuleView view = memory.view(slot, fromByte, toByte, null);
      copy.setIndex(0, 0).writeBytes(view, view.readerIndex(), toByte - fromByte);
      view.release();
      counters.copiedPieces++;
    }
    return copy;
  }

  /** The last reference of a lent view has gone, on whatever thread. */
  void returned(GranuleView view) {
    if (loop.inLoop()) {
      takeBack(view);
    } else {
      loop.post(view);
    }
  }

  /** As {@link #returned}, on the loop. */
  void takeBack(GranuleView view) {
    int slot = view.granule();
    memory.give(view);
    viewsLent--;
    if (slot == memory.zeros()) {
      share.goneIfComplete();
      return;
    }
    if (--lent[slot] == 0) {
      share.lent.add(-1);
    }
    unpin(slot);
  }
}
