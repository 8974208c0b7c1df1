package io.atoll.fs.store;

import io.atoll.fs.FileType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;

/**
 * Checks that the map of a file system at rest is sound: names and cookies agree, links and entries
 * are counted right, every directory is under the root, no block belongs to two files or to none.
 */
final class StoreCheck {
  private final NavigableMap<byte[], byte[]> map;
  private final Map<Long, Inode> inodes = new HashMap<>();
  private final Map<Long, Integer> links = new HashMap<>();
  private final Map<Long, Integer> subdirectories = new HashMap<>();
  private final Map<Long, Integer> entries = new HashMap<>();
  private final Map<Long, Long> blocksOf = new HashMap<>();
  private final Map<Long, Long> ownerOf = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private StoreCheck(NavigableMap<byte[], byte[]> map) {
    this.map = map;
  }

  /** What is wrong with {@code map}; empty if nothing is. */
  static List<String> faults(NavigableMap<byte[], byte[]> map, long usedBlocks) {
    StoreCheck check = new StoreCheck(map);
    check.walk();
    check.count();
    check.require(
        check.ownerOf.size() == usedBlocks,
        "files have " + check.ownerOf.size() + " blocks, the volume uses " + usedBlocks);
    check.faults.addAll(QuotaCheck.faults(map, check.inodes));
    return check.faults;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      faults.add(otherwise);
    }
  }

  private void walk() {
    InodeCodec codec = new InodeCodec();
    of(Keys.INODE)
        .forEach((key, value) -> {
          long number = BigEndian.getLong(key, 1);
          inodes.put(number, codec.decode(number, 0, null, value));
        });
    of(Keys.ENTRY).forEach(this::entry);
    require(of(Keys.ENTRY).size() == of(Keys.COOKIE).size(), "names and cookies differ in number");
    of(Keys.CHUNK).forEach(this::chunk);
    of(Keys.SMALL)
        .keySet()
        .forEach(key -> {
          Inode inode = inodes.get(BigEndian.getLong(key, 1));
          require(
              inode != null && (inode.inline || inode.type == FileType.SYMLINK),
              "small content without its inode");
        });
  }

  private SortedMap<byte[], byte[]> of(byte kind) {
    return map.subMap(new byte[] {kind}, new byte[] {(byte) (kind + 1)});
  }

  private void entry(byte[] key, byte[] value) {
    long directory = BigEndian.getLong(key, 1);
    byte[] name = java.util.Arrays.copyOfRange(key, 9, key.length);
    DirectoryEntry entry = new EntryCodec(null).decode(directory, 0, name, value);
    byte[] byCookie = map.get(Keys.cookie(directory, entry.cookie));
    require(
        byCookie != null
            && EntryCodec.inodeOf(byCookie) == entry.inode
            && java.util.Arrays.equals(EntryCodec.nameOf(byCookie), name),
        "name and cookie of an entry of " + directory + " differ");
    Inode parent = inodes.get(directory);
    Inode inode = inodes.get(entry.inode);
    if (parent == null || inode == null || !parent.isDirectory()) {
      faults.add("entry of " + directory + " for " + entry.inode + " has no inode or directory");
      return;
    }
    require(entry.cookie < parent.nextCookie, "cookie beyond the directory's next");
    entries.merge(directory, 1, Integer::sum);
    links.merge(entry.inode, 1, Integer::sum);
    if (inode.isDirectory()) {
      subdirectories.merge(directory, 1, Integer::sum);
      require(inode.parent == directory, "directory " + inode.number + " has a wrong parent");
    }
  }

  private void chunk(byte[] key, byte[] value) {
    long number = BigEndian.getLong(key, 1);
    long chunk = Keys.chunkOf(key);
    ChunkMap chunkMap = new ChunkMapCodec().decode(number, chunk, null, value);
    Inode inode = inodes.get(number);
    require(inode != null, "chunk of inode " + number + ", which is not there");
    require(chunkMap.mapped() > 0, "empty chunk is stored");
    blocksOf.merge(number, (long) chunkMap.mapped(), Long::sum);
    for (int i = 0; i < ChunkMap.CHUNK_BLOCKS; i++) {
      long address = chunkMap.address(i);
      if (address != ChunkMap.HOLE) {
        Long other = ownerOf.put(address, number);
        require(other == null, "block " + address + " is shared by " + number + " and " + other);
        long start = chunk * ChunkMap.CHUNK_BYTES + (long) i * ChunkMap.BLOCK_BYTES;
        require(
            inode == null || inode.gone || start < inode.sizeBytes || isTrimmed(number),
            "block behind the end of " + number);
      }
    }
  }

  private boolean isTrimmed(long number) {
    return map.containsKey(Keys.orphan(Keys.ORPHAN_TRIMMED, number));
  }

  private void count() {
    for (Inode inode : inodes.values()) {
      long number = inode.number;
      int named = links.getOrDefault(number, 0);
      if (inode.isDirectory()) {
        int expected = 2 + subdirectories.getOrDefault(number, 0);
        require(inode.links == expected, "directory " + number + " has links " + inode.links);
        require(
            inode.entries == entries.getOrDefault(number, 0),
            "directory " + number + " counts " + inode.entries + " entries");
        require(named == (inode.parent == number ? 0 : 1), "directory with " + named + " names");
        checkUnderRoot(inode);
      } else {
        require(
            inode.links == named,
            "inode " + number + " has " + named + " names, not " + inode.links);
        boolean orphan =
            map.containsKey(Keys.orphan(Keys.ORPHAN_HELD, number))
                || map.containsKey(Keys.orphan(Keys.ORPHAN_REAPED, number));
        require(orphan == (named == 0), "inode " + number + " is an orphan, or not, wrongly");
      }
      if (inode.isRegular() && !inode.gone) {
        long blocks = blocksOf.getOrDefault(number, 0L);
        require(
            inode.usedBlocks == blocks,
            "inode " + number + " counts " + inode.usedBlocks + " blocks");
        byte[] small = map.get(Keys.small(number));
        require(
            (inode.inline && inode.sizeBytes > 0)
                ? small != null && small.length - SmallContent.HEADER_BYTES == inode.sizeBytes
                : small == null,
            "inode " + number + " has wrong inline content");
      }
    }
    long counted = InodeNumbers.decode(map.get(Keys.INODE_NUMBERS)).objects();
    require(
        counted == inodes.size(), counted + " objects are counted, " + inodes.size() + " there");
  }

  private void checkUnderRoot(Inode directory) {
    Inode at = directory;
    for (int i = 0; i <= inodes.size(); i++) {
      if (at == null) {
        break;
      }
      if (at.parent == at.number) {
        return;
      }
      at = inodes.get(at.parent);
    }
    faults.add("directory " + directory.number + " is not under the root");
  }
}
