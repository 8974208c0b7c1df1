package io.atoll.fs.salvage;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.fs.format.StoredQuotaTree;
import io.atoll.fs.salvage.Table.Name;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Writes what is left of a file system into an empty volume, as a sound one. One use, by one thread
 * that may block.
 */
public final class Salvage implements AutoCloseable {
  private static final int SUPERBLOCK_BYTES = 72;
  private static final int ID_AT = 8;
  private static final int ROOT_AT = 24;
  private static final int CREATED_AT = 32;
  private static final int SECRET_AT = 40;
  private static final int SECRET_BYTES = 32;
  private static final int NUMBERS_BYTES = 24;
  private static final int RESERVED_AT = 8;
  private static final int OBJECTS_AT = 16;
  private static final int MAX_RECORD_KEY_BYTES = 1 + 1024;
  private static final int MAX_RECORD_BYTES = 1 + 4096;
  private static final int MAX_SMALL_BYTES = 8 + 4096;
  private static final int SMALL_HEADER_BYTES = 8;
  private static final int LOST_MODE = 0700;

  private final VolumeImage image;
  private final Findings findings;
  private final VolumeWriter target;
  private final Loop loop;
  private final Table table;
  private final SalvagePlan plan;
  private final FileCopy files;
  private long objects;

  /**
   * @param target empty; filled by nobody else meanwhile
   * @param loop the target's
   */
  public Salvage(VolumeImage image, Scratch scratch, Findings findings, Volume target, Loop loop) {
    this.image = image;
    this.findings = findings;
    this.loop = loop;
    this.target = new VolumeWriter(target, loop);
    table = new Table(scratch.index("salvage"));
    plan = new SalvagePlan(image, table, scratch, findings);
    files = new FileCopy(image, this.target, plan, findings);
  }

  /**
   * Does it all, durably.
   *
   * @param idIfLost the file system's identity if the damaged one does not tell its own
   * @param random fit for secrets
   * @return how many objects were kept
   * @throws SalvageException if the target can't take them
   */
  public long run(FileSystemId idIfLost, RandomGenerator random) {
    plan.make();
    try (IndexCursor kept = table.kept()) {
      while (kept.next()) {
        write(Table.inodeOf(kept.key()), Table.parentIn(kept.value()));
        objects++;
      }
    }
    copyRecords();
    boolean anyQuotas = new QuotaCopy(image, target, table, findings).run();
    writeSuperblock(anyQuotas, idIfLost, random);
    target.commit();
    return objects;
  }

  /**
   * What file system {@code image} says it is; null if that is lost.
   *
   * @throws SalvageException if another version of Atoll wrote it: what this one does not know
   *     would be taken for lost
   */
  public static FileSystemId identity(VolumeImage image) {
    byte[] superblock = image.get(StoredKeys.superblock());
    if (superblock == null || superblock.length == 0) {
      return null;
    }
    if (superblock[0] != StoredKeys.VERSION && superblock[0] != StoredKeys.VERSION_WITH_QUOTAS) {
      throw new SalvageException(
          "the file system has format version "
              + superblock[0]
              + ", this Atoll reads version "
              + StoredKeys.VERSION
              + ": use the version that wrote it",
          true);
    }
    if (superblock.length < SUPERBLOCK_BYTES) {
      return null;
    }
    ByteBuffer value = ByteBuffer.wrap(superblock);
    return new FileSystemId(value.getLong(ID_AT), value.getLong(ID_AT + Long.BYTES));
  }

  private void write(long number, long parent) {
    byte[] value = image.get(StoredKeys.inode(number));
    StoredInode inode = null;
    try {
      inode = value == null ? null : StoredInode.decode(number, value);
    } catch (MalformedValueException e) {
      value = null; // a directory of which only the names are left
    }
    if (parent != Table.NO_DIRECTORY) {
      boolean isDirectory = inode != null && inode.isDirectory();
      writeDirectory(number, parent, isDirectory ? value : newDirectory());
    } else {
      writeObject(inode, value);
    }
  }

  private byte[] newDirectory() {
    long now = loop.wallClockNanos();
    ByteBuffer value = ByteBuffer.allocate(StoredInode.BYTES);
    value.put(0, StoredKeys.VERSION).put(StoredInode.TYPE_AT, (byte) FileType.DIRECTORY.code());
    value.putInt(StoredInode.MODE_AT, LOST_MODE);
    for (int at : StoredInode.TIMES_AT) {
      value.putLong(at, now);
    }
    return value.array();
  }

  private void writeDirectory(long number, long parent, byte[] value) {
    ByteBuffer inode = ByteBuffer.wrap(value);
    // Cookies are never used twice: all names get new ones.
    long cookie = Math.max(StoredEntry.FIRST_COOKIE, inode.getLong(StoredInode.NEXT_COOKIE_AT));
    long entries = 0;
    int links = 2;
    try (IndexCursor names = table.namesIn(number)) {
      while (names.next()) {
        Name name = Table.nameByDirectory(names);
        target.put(
            StoredKeys.entry(number, name.name()),
            StoredEntry.encodeByName(name.inode(), name.type(), cookie));
        target.put(
            StoredKeys.cookie(number, cookie),
            StoredEntry.encodeByCookie(name.inode(), name.type(), name.name()));
        links += name.type() == FileType.DIRECTORY.code() ? 1 : 0;
        cookie++;
        entries++;
      }
    }
    inode.putInt(StoredInode.LINKS_AT, links);
    inode.putLong(StoredInode.PARENT_AT, parent);
    inode.putLong(StoredInode.NEXT_COOKIE_AT, cookie);
    inode.putLong(StoredInode.ENTRIES_AT, entries);
    putInode(number, value);
  }

  private void writeObject(StoredInode object, byte[] value) {
    ByteBuffer inode = ByteBuffer.wrap(value);
    long number = object.number();
    int links = 0;
    try (IndexCursor names = table.namesOf(number)) {
      while (names.next()) {
        links++;
      }
    }
    inode.putInt(StoredInode.LINKS_AT, links);
    boolean hasSmall = object.type() == FileType.SYMLINK || object.inline();
    if (object.isRegular() && !object.inline()) {
      FileCopy.Copied copied = files.copy(object);
      inode.putLong(StoredInode.USED_BLOCKS_AT, copied.blocks());
      inode.putLong(StoredInode.SIZE_AT, copied.sizeBytes());
    } else if (hasSmall && object.sizeBytes() > 0) {
      inode.putLong(StoredInode.SIZE_AT, copySmall(object));
    }
    putInode(number, value);
  }

  /** The length of what is left: all or nothing. */
  private long copySmall(StoredInode object) {
    byte[] small = image.get(StoredKeys.small(object.number()));
    boolean whole =
        small != null
            && small.length <= MAX_SMALL_BYTES
            && small.length - SMALL_HEADER_BYTES == object.sizeBytes();
    if (!whole) {
      findings.add(
          Kind.DATA,
          () -> plan.placeOf(object.number()),
          "its content of " + object.sizeBytes() + " bytes is lost; it is empty now");
      if (object.isRegular()) {
        return 0;
      }
      small = new byte[SMALL_HEADER_BYTES + 1]; // a link has a target
      small[0] = StoredKeys.VERSION;
      small[SMALL_HEADER_BYTES] = '?';
    }
    target.put(StoredKeys.small(object.number()), small);
    return (long) small.length - SMALL_HEADER_BYTES;
  }

  /** With a change counter that no client has seen. */
  private void putInode(long number, byte[] value) {
    ByteBuffer inode = ByteBuffer.wrap(value);
    int at = StoredInode.CHANGE_AT;
    inode.putLong(at, inode.getLong(at) + StoredInode.CHANGE_STEP);
    inode.putInt(StoredInode.QUOTA_TREE_AT, StoredQuotaTree.NONE); // counted anew, by the node
    target.put(StoredKeys.inode(number), value);
  }

  /** What clients are known by, so that they may reclaim what they held. */
  private void copyRecords() {
    try (IndexCursor records =
        image.cursor(StoredKeys.of(StoredKeys.RECORD), StoredKeys.endOf(StoredKeys.RECORD))) {
      while (records.next()) {
        byte[] value = records.value();
        boolean sound =
            records.key().length <= MAX_RECORD_KEY_BYTES
                && value.length > 0
                && value.length <= MAX_RECORD_BYTES
                && value[0] == StoredKeys.VERSION;
        if (sound) {
          target.put(records.key(), value);
        } else {
          findings.add(Kind.STRUCTURE, "file system", "a record of its clients is lost");
        }
      }
    }
  }

  private void writeSuperblock(boolean anyQuotas, FileSystemId idIfLost, RandomGenerator random) {
    byte[] superblock = image.get(StoredKeys.superblock());
    try {
      MalformedValueException.checkSuperblock(
          superblock == null ? new byte[0] : superblock, SUPERBLOCK_BYTES);
    } catch (MalformedValueException e) {
      findings.add(
          Kind.STRUCTURE,
          "file system",
          "its secret is lost: clients have to unmount and mount again");
      byte[] secret = new byte[SECRET_BYTES];
      random.nextBytes(secret);
      superblock =
          ByteBuffer.allocate(SUPERBLOCK_BYTES)
              .put(0, anyQuotas ? StoredKeys.VERSION_WITH_QUOTAS : StoredKeys.VERSION)
              .putLong(ID_AT, idIfLost.high())
              .putLong(ID_AT + Long.BYTES, idIfLost.low())
              .putLong(ROOT_AT, StoredKeys.ROOT_INODE)
              .putLong(CREATED_AT, loop.wallClockNanos())
              .put(SECRET_AT, secret)
              .array();
    }
    target.put(StoredKeys.superblock(), superblock);
    byte[] old = image.get(StoredKeys.inodeNumbers());
    long reserved =
        old == null || old.length < NUMBERS_BYTES ? 0 : ByteBuffer.wrap(old).getLong(RESERVED_AT);
    target.put(
        StoredKeys.inodeNumbers(),
        ByteBuffer.allocate(NUMBERS_BYTES)
            .put(0, StoredKeys.VERSION)
            .putLong(RESERVED_AT, Math.max(reserved, plan.lostAndFound() + 1))
            .putLong(OBJECTS_AT, objects)
            .array());
  }

  @Override
  public void close() {
    files.close();
    table.close();
  }
}
