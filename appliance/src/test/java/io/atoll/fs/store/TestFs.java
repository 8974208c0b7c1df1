package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem.AccessResult;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.ReadResult;
import io.atoll.io.cache.CacheLimits;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A file system over a {@link MemoryVolume}, driven step by step: each call waits for its end. */
final class TestFs {
  static final Principal ROOT = Principal.ROOT;

  /** One for all: of the file systems that a test makes, only the last is in use. */
  static final GranuleMemory MEMORY = new GranuleMemory(GranuleMemory.MIN_BYTES);

  /** A cache of four granules, of which two may be lent: for files of less than 64 KiB. */
  static final GranuleMemory TINY_MEMORY = new GranuleMemory(5 * CacheLimits.GRANULE_BYTES);

  static final FileSystemId ID = new FileSystemId(0x1234, 0x5678);

  /** What makes things happen. */
  final Driver driver;

  /** Null over a volume that is not a {@link MemoryVolume}. */
  final SeededLoop loop;

  final MemoryVolume volume;
  private final Loop anyLoop;
  private final Volume anyVolume;
  StoreFileSystem fs;

  /** What the next opening gets for its cache of data. */
  GranuleMemory memory = MEMORY;

  /** Another loop that may move the data of calls; null if there is none. */
  Loop dataLoop;

  /** What the last call needs to be durable. */
  long required;

  private final long seed;
  private final StoreParts parts;

  TestFs(long seed) {
    this(seed, 1 << 15);
  }

  TestFs(long seed, int blocks) {
    this(seed, blocks, new StoreParts());
  }

  /** One with parts that may break a rule. */
  TestFs(long seed, int blocks, StoreParts parts) {
    this(seed, new SeededLoop(seed), null, blocks, parts);
    fs.graceEnded();
  }

  private TestFs(long seed, SeededLoop loop, MemoryVolume volume, int blocks, StoreParts parts) {
    this.seed = seed;
    this.parts = parts;
    this.loop = loop;
    this.volume = volume != null ? volume : new MemoryVolume(loop, seed, blocks);
    driver = loop;
    anyLoop = loop;
    anyVolume = this.volume;
    fs = open(StoreSettings.DEFAULT);
  }

  /** A file system that is open in any volume. */
  TestFs(
      long seed,
      Driver driver,
      Loop loop,
      Volume volume,
      GranuleMemory memory,
      StoreFileSystem opened) {
    this.seed = seed;
    this.parts = new StoreParts();
    this.loop = null;
    this.volume = null;
    this.driver = driver;
    anyLoop = loop;
    anyVolume = volume;
    this.memory = memory;
    fs = opened;
  }

  /** Makes things happen, one at a time. */
  interface Driver {
    boolean step();

    void runUntil(BooleanSupplier done);
  }

  StoreFileSystem open(StoreSettings settings) {
    return this.<StoreFileSystem>await(callback ->
            StoreFileSystem.open(
                anyVolume,
                anyLoop,
                new Random(seed),
                settings,
                memory.alone(),
                ID,
                parts,
                callback))
        .ok();
  }

  /** Opens the file system again, with nothing in memory. */
  void reopen() {
    loop.runUntilIdle();
    fs = open(StoreSettings.DEFAULT);
  }

  /** Opens anew with room for next to nothing in the caches. */
  void shrinkCaches() {
    loop.runUntilIdle();
    fs = open(new StoreSettings(1, 1, 1, 1, 4096, FileLimits.HIGHEST));
    fs.graceEnded();
  }

  /** A file system that finds what a crash left; its grace has not ended. */
  TestFs crash(long crashSeed) {
    SeededLoop newLoop = new SeededLoop(crashSeed);
    return new TestFs(crashSeed, newLoop, volume.crash(newLoop, crashSeed), 0, parts);
  }

  /** Comes to rest and looks for anything that is wrong. */
  void check() {
    loop.runUntilIdle();
    assertEquals(List.of(), StoreCheck.faults(volume.map(), volume.usedBlocks()));
    assertEquals(0, volume.reservedBlocks(), "blocks allocated and forgotten");
    assertEquals(0, volume.buffersOut(), "buffers not released");
    assertEquals(0, volume.pinsOut(), "pins not released");
    Store store = fs.store();
    assertEquals(0, store.entries.pinned(), "entries pinned");
    assertEquals(0, store.chunks.pinned(), "chunk maps pinned");
    assertEquals(0, store.contents.pinned(), "contents pinned");
    assertEquals(0, store.data.pinnedGranules(), "granules pinned");
  }

  /** The end of an operation. */
  record Answer<T>(FsStatus status, T value) {
    T ok() {
      assertEquals(FsStatus.OK, status);
      return value;
    }
  }

  <T> Answer<T> await(Consumer<FsCallback<T>> operation) {
    Object[] end = new Object[1];
    operation.accept((status, value) -> {
      if (end[0] != null) {
        throw new AssertionError("answered twice");
      }
      end[0] = new Answer<>(status, value);
    });
    driver.runUntil(() -> end[0] != null);
    @SuppressWarnings("unchecked")
    Answer<T> answer = (Answer<T>) end[0];
    return answer;
  }

  private interface Called<T> {
    void start(FsCall call, FsCallback<T> callback);
  }

  private <T> Answer<T> call(Principal who, Called<T> operation) {
    FsCall call = new FsCall(who);
    Answer<T> answer = await(callback -> operation.start(call, callback));
    required = call.requiredSequence();
    return answer;
  }

  /** A call whose data the home loop or, if there is one, another moves. */
  FsCall call(Principal who, SplittableRandom random) {
    FsCall call = new FsCall(who);
    if (dataLoop != null && random.nextBoolean()) {
      call.dataLoop(dataLoop);
    }
    return call;
  }

  /** What the wall clock says. */
  long now() {
    return anyLoop.wallClockNanos();
  }

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  FileHandle root() {
    return fs.root();
  }

  static AttributeChanges mode(int mode) {
    AttributeChanges changes = new AttributeChanges();
    changes.mask = AttributeChanges.MODE;
    changes.mode = mode;
    return changes;
  }

  static AttributeChanges size(long size) {
    AttributeChanges changes = new AttributeChanges();
    changes.mask = AttributeChanges.SIZE;
    changes.sizeBytes = size;
    return changes;
  }

  static CreateRequest request(FileType type, Disposition disposition, AttributeChanges changes) {
    return new CreateRequest(type, disposition, changes, 0, null, 0, 0);
  }

  Answer<CreateResult> create(Principal who, FileHandle dir, String name, CreateRequest request) {
    return call(who, (c, cb) -> fs.create(c, dir, bytes(name), request, cb));
  }

  FileHandle file(FileHandle dir, String name) {
    return file(ROOT, dir, name, 0644);
  }

  FileHandle file(Principal who, FileHandle dir, String name, int mode) {
    return create(who, dir, name, request(FileType.REGULAR, Disposition.GUARDED, mode(mode)))
        .ok()
        .attributes()
        .handle();
  }

  FileHandle mkdir(FileHandle dir, String name) {
    return mkdir(ROOT, dir, name, 0755);
  }

  FileHandle mkdir(Principal who, FileHandle dir, String name, int mode) {
    return create(who, dir, name, request(FileType.DIRECTORY, Disposition.GUARDED, mode(mode)))
        .ok()
        .attributes()
        .handle();
  }

  Answer<CreateResult> symlink(FileHandle dir, String name, String target) {
    return create(
        ROOT,
        dir,
        name,
        new CreateRequest(
            FileType.SYMLINK, Disposition.GUARDED, new AttributeChanges(), 0, bytes(target), 0, 0));
  }

  Answer<Attributes> lookup(Principal who, FileHandle dir, String name) {
    return call(who, (c, cb) -> fs.lookup(c, dir, bytes(name), cb));
  }

  Answer<Attributes> lookup(FileHandle dir, String name) {
    return lookup(ROOT, dir, name);
  }

  Answer<Attributes> parent(FileHandle dir) {
    return call(ROOT, (c, cb) -> fs.lookupParent(c, dir, cb));
  }

  Answer<Attributes> attributes(FileHandle file) {
    return call(ROOT, (c, cb) -> fs.attributes(c, file, cb));
  }

  Attributes stat(FileHandle file) {
    return attributes(file).ok();
  }

  Answer<Attributes> set(Principal who, FileHandle file, AttributeChanges changes) {
    return call(who, (c, cb) -> fs.setAttributes(c, file, changes, false, cb));
  }

  Attributes truncate(FileHandle file, long size) {
    return set(ROOT, file, size(size)).ok();
  }

  Answer<AccessResult> access(Principal who, FileHandle file, int wanted) {
    return call(who, (c, cb) -> fs.access(c, file, wanted, cb));
  }

  Answer<ChangeInfo> remove(Principal who, FileHandle dir, String name) {
    return call(who, (c, cb) -> fs.remove(c, dir, bytes(name), cb));
  }

  Answer<ChangeInfo> remove(FileHandle dir, String name) {
    return remove(ROOT, dir, name);
  }

  Answer<RenameResult> rename(
      Principal who, FileHandle from, String fromName, FileHandle to, String toName) {
    return call(who, (c, cb) -> fs.rename(c, from, bytes(fromName), to, bytes(toName), cb));
  }

  Answer<RenameResult> rename(FileHandle from, String fromName, FileHandle to, String toName) {
    return rename(ROOT, from, fromName, to, toName);
  }

  Answer<ChangeInfo> link(FileHandle file, FileHandle dir, String name) {
    return call(ROOT, (c, cb) -> fs.link(c, file, dir, bytes(name), cb));
  }

  Answer<byte[]> readLink(FileHandle file) {
    return call(ROOT, (c, cb) -> fs.readLink(c, file, cb));
  }

  Answer<Quota> quota(FileHandle dir, QuotaLimits limits) {
    return call(ROOT, (c, cb) -> fs.quotas().set(c, dir, limits, cb));
  }

  Answer<Quota> quota(FileHandle dir) {
    return call(ROOT, (c, cb) -> fs.quotas().get(c, dir, cb));
  }

  Answer<Void> lift(FileHandle dir) {
    return call(ROOT, (c, cb) -> fs.quotas().remove(c, dir, cb));
  }

  FsStatistics statistics(FileHandle object) {
    return this.<FsStatistics>call(ROOT, (c, cb) -> fs.statistics(c, object, cb)).ok();
  }

  /** Lets the counting for quotas come to its end. */
  void count() {
    driver.runUntil(() -> fs.store().quotas.isIdle());
  }

  Answer<Void> hold(FileHandle file) {
    return call(ROOT, (c, cb) -> fs.hold(c, file, cb));
  }

  Answer<WriteResult> write(Principal who, FileHandle file, long offset, ByteBuf data) {
    Answer<WriteResult> answer =
        call(who, (c, cb) -> fs.write(c, file, false, offset, data, Stability.FILE_SYNC, cb));
    assertEquals(0, data.refCnt(), "a write gives back its data");
    return answer;
  }

  Answer<WriteResult> write(FileHandle file, long offset, byte[] data) {
    return write(ROOT, file, offset, Unpooled.copiedBuffer(data));
  }

  Answer<WriteResult> write(
      Principal who, FileHandle file, long offset, byte[] data, Stability stability) {
    return call(
        who,
        (c, cb) -> fs.write(c, file, false, offset, Unpooled.copiedBuffer(data), stability, cb));
  }

  Answer<Void> commit(FileHandle file) {
    return call(ROOT, (c, cb) -> fs.commit(c, file, cb));
  }

  Answer<byte[]> read(Principal who, FileHandle file, long offset, int length) {
    Answer<ReadResult> answer = call(who, (c, cb) -> fs.read(c, file, false, offset, length, cb));
    if (answer.status() != FsStatus.OK) {
      return new Answer<>(answer.status(), null);
    }
    return new Answer<>(FsStatus.OK, take(answer.value()));
  }

  /** The bytes of a result, whose pieces are released. */
  static byte[] take(ReadResult result) {
    byte[] content = look(result);
    result.release();
    return content;
  }

  /** The bytes of a result, which stays as it is. */
  static byte[] look(ReadResult result) {
    byte[] content = new byte[result.bytes()];
    int at = 0;
    for (int i = 0; i < result.pieces(); i++) {
      ByteBuf piece = result.piece(i);
      int bytes = piece.readableBytes();
      piece.getBytes(piece.readerIndex(), content, at, bytes);
      at += bytes;
    }
    return content;
  }

  byte[] read(FileHandle file, long offset, int length) {
    return read(ROOT, file, offset, length).ok();
  }

  static DirectoryVisitor collect(Map<String, Long> into, int limit, boolean attributes) {
    return collect(into, limit, attributes, name -> fail("no attributes of " + name));
  }

  /**
   * As {@link #list} collects names.
   *
   * @param unreadable is told each name whose attributes are asked for and can't be read
   */
  static DirectoryVisitor collect(
      Map<String, Long> into, int limit, boolean attributes, Consumer<String> unreadable) {
    return new DirectoryVisitor() {
      private int left = limit;

      @Override
      public boolean wantsAttributes() {
        return attributes;
      }

      @Override
      public boolean entry(long entryCookie, byte[] name, long inode, Attributes found) {
        if (left-- == 0) {
          return false;
        }
        String text = new String(name, StandardCharsets.UTF_8);
        if (!attributes) {
          assertNull(found);
        } else if (found == null) {
          unreadable.accept(text);
        } else {
          assertEquals(inode, found.handle().inode());
        }
        into.put(text, entryCookie);
        return true;
      }
    };
  }

  Answer<DirectoryEnd> list(
      FileHandle dir, long cookie, int limit, boolean attributes, Map<String, Long> into) {
    DirectoryVisitor visitor = collect(into, limit, attributes);
    return call(ROOT, (c, cb) -> fs.readDirectory(c, dir, cookie, visitor, cb));
  }

  Map<String, Long> list(FileHandle dir) {
    Map<String, Long> names = new LinkedHashMap<>();
    assertEquals(true, list(dir, 0, Integer.MAX_VALUE, false, names).ok().last());
    return names;
  }
}
