package io.atoll.fs.memory;

import io.atoll.fs.AccessBits;
import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.DurableRecords;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsQuotas;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.ReadResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file system in memory, for tests of what stands on one: acts at the call, completes when its
 * {@link Completions} say so, and is durable when told to be.
 */
public final class MemoryFileSystem implements FileSystem {
  private static final int MAX_LINKS = 32_000;

  private static final long MAX_FILE_BYTES = 64L * 1024 * 1024;
  private static final int MAX_TRANSFER_BYTES = 1024 * 1024;
  private static final FileSystemId ID = new FileSystemId(0x0123456789abcdefL, 0xfedcba9876543210L);

  private final Completions completions;
  private final ByteBufAllocator allocator;
  private final Map<FileHandle, Node> nodes = new HashMap<>();
  private final Node root;
  private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
  private final List<Waiter> durabilityWaiters = new ArrayList<>();
  private long lastInode;
  private long sequence;
  private long durableSequence;
  private boolean durableAtOnce = true;
  private boolean fenced;
  private boolean inGrace;
  private boolean failsAfterHold;
  private long nowNanos = 1_700_000_000_000_000_000L;
  private long maxFileBytes = MAX_FILE_BYTES;
  private int writes;
  private boolean lastWriteAligned;

  private record Waiter(long sequence, FsCallback<Void> callback) {}

  public MemoryFileSystem(Completions completions) {
    this(completions, PooledByteBufAllocator.DEFAULT);
  }

  /**
   * @param allocator of the buffers that reads give
   */
  public MemoryFileSystem(Completions completions, ByteBufAllocator allocator) {
    this.completions = completions;
    this.allocator = allocator;
    root = node(FileType.DIRECTORY, Principal.ROOT, 0777);
    root.links = 2;
    root.parent = null;
  }

  // --- what tests ask for ---

  /** From now on mutations are durable only after {@link #makeDurable}. */
  public void holdDurability() {
    durableAtOnce = false;
  }

  public void makeDurable() {
    durableSequence = sequence;
    tellWaiters();
  }

  /** The log is lost: whoever waits, now or later, is told. */
  public void fence() {
    fenced = true;
    tellWaiters();
  }

  public int writeCount() {
    return writes;
  }

  /** Whether the last written data lay at an address congruent to its offset modulo 4096. */
  public boolean lastWriteWasAligned() {
    return lastWriteAligned;
  }

  /** As after a restart: nothing is held, but what was lives on until {@link #graceEnded}. */
  public void restart() {
    inGrace = true;
    nodes.values().forEach(node -> node.holds = 0);
  }

  /** How often {@code file} is held. */
  public int holds(FileHandle file) {
    return nodes.get(file).holds;
  }

  /** Lets files be no longer, as their bytes are on the heap. */
  public void limitFileSize(long bytes) {
    maxFileBytes = bytes;
  }

  /** How often files are held, all together. */
  public int totalHolds() {
    return nodes.values().stream().mapToInt(node -> node.holds).sum();
  }

  /** Makes a file, for tests to begin with. */
  public FileHandle makeFile(String name, byte[] content) {
    Node file = node(FileType.REGULAR, Principal.ROOT, 0666);
    file.content = content.clone();
    root.enter(name.getBytes(StandardCharsets.UTF_8), file);
    return file.handle;
  }

  public byte[] content(FileHandle file) {
    return nodes.get(file).content.clone();
  }

  private Node node(FileType type, Principal owner, int mode) {
    Node node = new Node(new FileHandle(++lastInode, 1), type);
    node.mode = mode;
    node.uid = owner.uid();
    node.gid = owner.gid();
    node.links = type == FileType.DIRECTORY ? 2 : 1;
    nowNanos++;
    node.atimeNanos = nowNanos;
    node.mtimeNanos = nowNanos;
    node.ctimeNanos = nowNanos;
    node.btimeNanos = nowNanos;
    nodes.put(node.handle, node);
    return node;
  }

  private long nextSequence() {
    sequence++;
    if (durableAtOnce) {
      durableSequence = sequence;
    }
    return sequence;
  }

  private void changed(FsCall call, Node node) {
    node.change++;
    node.ctimeNanos = ++nowNanos;
    node.lastChangedBySequence = ++sequence;
    call.dependsOn(sequence);
    if (durableAtOnce) {
      durableSequence = sequence;
    }
  }

  private <T> void fail(FsCallback<T> callback, FsStatus status) {
    completions.complete(callback, status, null);
  }

  private <T> void succeed(FsCallback<T> callback, T result) {
    completions.complete(callback, FsStatus.OK, result);
  }

  private Node find(FsCall call, FileHandle handle) {
    Node node = nodes.get(handle);
    if (node != null) {
      call.dependsOn(node.lastChangedBySequence);
    }
    return node;
  }

  private static FsStatus directoryStatus(Node node) {
    if (node == null) {
      return FsStatus.STALE;
    }
    if (node.type == FileType.SYMLINK) {
      return FsStatus.SYMLINK;
    }
    return node.isDirectory() ? FsStatus.OK : FsStatus.NOT_DIRECTORY;
  }

  private static FsStatus changeableDirectory(FsCall call, Node node) {
    FsStatus status = directoryStatus(node);
    boolean denied =
        status == FsStatus.OK
            && !(node.mayWrite(call.principal()) && node.mayExecute(call.principal()));
    return denied ? FsStatus.ACCESS_DENIED : status;
  }

  private static FsStatus regularStatus(Node node) {
    if (node == null) {
      return FsStatus.STALE;
    }
    return switch (node.type) {
      case REGULAR -> FsStatus.OK;
      case DIRECTORY -> FsStatus.IS_DIRECTORY;
      case SYMLINK -> FsStatus.SYMLINK;
      default -> FsStatus.WRONG_TYPE;
    };
  }

  private static FsStatus sizeStatus(Node node) {
    FsStatus status = regularStatus(node);
    return status == FsStatus.WRONG_TYPE ? FsStatus.INVALID : status;
  }

  // --- facts ---

  @Override
  public FileHandle root() {
    return root.handle;
  }

  @Override
  public FileSystemId id() {
    return ID;
  }

  @Override
  public int maxTransferBytes() {
    return MAX_TRANSFER_BYTES;
  }

  @Override
  public FileLimits limits() {
    return new FileLimits(
        FileLimits.HIGHEST.maxNameBytes(),
        FileLimits.HIGHEST.maxSymlinkBytes(),
        MAX_LINKS,
        maxFileBytes,
        0);
  }

  @Override
  public byte[] handleSecret() {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 7);
    return secret;
  }

  @Override
  public long writeVerifier() {
    return 0x77;
  }

  @Override
  public void awaitDurable(long awaited, FsCallback<Void> callback) {
    if (!fenced && awaited <= durableSequence) {
      callback.done(FsStatus.OK, null);
      return;
    }
    durabilityWaiters.add(new Waiter(awaited, callback));
    tellWaiters();
  }

  private void tellWaiters() {
    for (Waiter waiter : List.copyOf(durabilityWaiters)) {
      if (fenced || waiter.sequence() <= durableSequence) {
        durabilityWaiters.remove(waiter);
        waiter.callback().done(fenced ? FsStatus.FENCED : FsStatus.OK, null);
      }
    }
  }

  @Override
  public void statistics(FsCall call, FsCallback<FsStatistics> callback) {
    succeed(
        callback,
        new FsStatistics(1 << 30, 1 << 29, 1 << 28, 1 << 20, 1 << 19, 1 << 29, QuotaLimits.NONE));
  }

  @Override
  public void statistics(FsCall call, FileHandle object, FsCallback<FsStatistics> callback) {
    statistics(call, callback);
  }

  @Override
  public void pathOf(FsCall call, FileHandle directory, FsCallback<List<byte[]>> callback) {
    fail(callback, FsStatus.NOT_SUPPORTED);
  }

  /** There are none. */
  @Override
  public FsQuotas quotas() {
    throw new UnsupportedOperationException("a file system in memory has no quotas");
  }

  // --- attributes ---

  @Override
  public void attributes(FsCall call, FileHandle file, FsCallback<Attributes> callback) {
    Node node = find(call, file);
    if (node == null) {
      fail(callback, FsStatus.STALE);
    } else {
      succeed(callback, node.attributes());
    }
  }

  @Override
  public void setAttributes(
      FsCall call,
      FileHandle file,
      AttributeChanges changes,
      boolean openForWriting,
      FsCallback<Attributes> callback) {
    Node node = find(call, file);
    if (node == null) {
      fail(callback, FsStatus.STALE);
    } else if (changes.has(AttributeChanges.SIZE) && sizeStatus(node) != FsStatus.OK) {
      fail(callback, sizeStatus(node));
    } else if (changes.has(AttributeChanges.SIZE) && changes.sizeBytes > maxFileBytes) {
      fail(callback, FsStatus.FILE_TOO_LARGE);
    } else if (!call.principal().isSuperuser() && call.principal().uid() != node.uid) {
      fail(callback, FsStatus.NOT_OWNER);
    } else {
      node.set(changes, nowNanos);
      changed(call, node);
      succeed(callback, node.attributes());
    }
  }

  @Override
  public void access(FsCall call, FileHandle file, int wanted, FsCallback<AccessResult> callback) {
    Node node = find(call, file);
    if (node == null) {
      fail(callback, FsStatus.STALE);
      return;
    }
    int meaningful =
        node.isDirectory()
            ? AccessBits.READ
                | AccessBits.LOOKUP
                | AccessBits.MODIFY
                | AccessBits.EXTEND
                | AccessBits.DELETE
            : AccessBits.READ | AccessBits.MODIFY | AccessBits.EXTEND | AccessBits.EXECUTE;
    int has = 0;
    if (node.mayRead(call.principal())) {
      has |= AccessBits.READ;
    }
    if (node.mayWrite(call.principal())) {
      has |= AccessBits.MODIFY | AccessBits.EXTEND | AccessBits.DELETE;
    }
    if (node.mayExecute(call.principal())) {
      has |= AccessBits.LOOKUP | AccessBits.EXECUTE;
    }
    int checked = wanted & meaningful;
    succeed(callback, new AccessResult(checked, checked & has));
  }

  // --- names ---

  @Override
  public void lookup(
      FsCall call, FileHandle directory, byte[] name, FsCallback<Attributes> callback) {
    Node parent = find(call, directory);
    FsStatus status = directoryStatus(parent);
    if (status != FsStatus.OK) {
      fail(callback, status);
    } else if (!parent.mayExecute(call.principal())) {
      fail(callback, FsStatus.ACCESS_DENIED);
    } else if (parent.child(name) == null) {
      fail(callback, FsStatus.NOT_FOUND);
    } else {
      succeed(callback, find(call, parent.child(name).handle).attributes());
    }
  }

  @Override
  public void lookupParent(FsCall call, FileHandle directory, FsCallback<Attributes> callback) {
    Node node = find(call, directory);
    FsStatus status = directoryStatus(node);
    if (status != FsStatus.OK) {
      fail(callback, status);
    } else if (node.parent == null) {
      fail(callback, FsStatus.NOT_FOUND);
    } else {
      succeed(callback, node.parent.attributes());
    }
  }

  @Override
  public void create(
      FsCall call,
      FileHandle directory,
      byte[] name,
      CreateRequest request,
      FsCallback<CreateResult> callback) {
    Node parent = find(call, directory);
    FsStatus status = changeableDirectory(call, parent);
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    long before = parent.change;
    Node existing = parent.child(name);
    if (existing != null) {
      boolean taken =
          switch (request.disposition()) {
            case GUARDED -> false;
            case UNCHECKED -> existing.type == FileType.REGULAR;
            case EXCLUSIVE -> existing.verifier == request.verifier();
          };
      if (taken) {
        succeed(
            callback,
            new CreateResult(existing.attributes(), new ChangeInfo(before, before), false, 0));
      } else {
        fail(callback, FsStatus.EXISTS);
      }
      return;
    }
    if (request.attributes().has(AttributeChanges.SIZE)
        && request.attributes().sizeBytes > maxFileBytes) {
      fail(callback, FsStatus.FILE_TOO_LARGE);
      return;
    }
    Node node = node(request.type(), call.principal(), 0600);
    node.set(request.attributes(), nowNanos);
    node.verifier = request.verifier();
    node.deviceMajor = request.deviceMajor();
    node.deviceMinor = request.deviceMinor();
    if (request.symlinkTarget() != null) {
      node.content = request.symlinkTarget();
    }
    parent.enter(name, node);
    changed(call, node);
    changed(call, parent);
    succeed(
        callback,
        new CreateResult(
            node.attributes(),
            new ChangeInfo(before, parent.change),
            true,
            request.attributes().mask));
  }

  @Override
  public void remove(
      FsCall call, FileHandle directory, byte[] name, FsCallback<ChangeInfo> callback) {
    Node parent = find(call, directory);
    FsStatus status = changeableDirectory(call, parent);
    if (status == FsStatus.OK && parent.child(name) == null) {
      status = FsStatus.NOT_FOUND;
    }
    if (status == FsStatus.OK && !parent.child(name).entries.isEmpty()) {
      status = FsStatus.NOT_EMPTY;
    }
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    long before = parent.change;
    unlink(parent, name);
    changed(call, parent);
    succeed(callback, new ChangeInfo(before, parent.change));
  }

  private void unlink(Node parent, byte[] name) {
    Node node = parent.child(name);
    parent.leave(name);
    node.links = node.isDirectory() ? 0 : node.links - 1;
    forgetIfUnused(node);
  }

  private void forgetIfUnused(Node node) {
    if (node.links <= 0 && node.holds == 0 && !inGrace) {
      nodes.remove(node.handle);
    }
  }

  @Override
  public void rename(
      FsCall call,
      FileHandle fromDirectory,
      byte[] fromName,
      FileHandle toDirectory,
      byte[] toName,
      FsCallback<RenameResult> callback) {
    Node from = find(call, fromDirectory);
    Node to = find(call, toDirectory);
    FsStatus status = changeableDirectory(call, from);
    if (status == FsStatus.OK) {
      status = changeableDirectory(call, to);
    }
    if (status == FsStatus.OK && from.child(fromName) == null) {
      status = FsStatus.NOT_FOUND;
    }
    if (status == FsStatus.OK) {
      status = renameTarget(from.child(fromName), to.child(toName));
    }
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    long fromBefore = from.change;
    long toBefore = to.change;
    Node moved = from.child(fromName);
    if (!moved.equals(to.child(toName))) {
      if (to.child(toName) != null) {
        unlink(to, toName);
      }
      from.leave(fromName);
      to.enter(toName, moved);
      changed(call, from);
      changed(call, to);
    }
    succeed(
        callback,
        new RenameResult(
            new ChangeInfo(fromBefore, from.change), new ChangeInfo(toBefore, to.change)));
  }

  private static FsStatus renameTarget(Node moved, Node target) {
    if (target == null || target.equals(moved)) {
      return FsStatus.OK;
    }
    if (target.isDirectory() != moved.isDirectory()) {
      return FsStatus.EXISTS;
    }
    return target.entries.isEmpty() ? FsStatus.OK : FsStatus.NOT_EMPTY;
  }

  @Override
  public void link(
      FsCall call,
      FileHandle file,
      FileHandle directory,
      byte[] name,
      FsCallback<ChangeInfo> callback) {
    Node node = find(call, file);
    Node parent = find(call, directory);
    FsStatus status = node == null ? FsStatus.STALE : changeableDirectory(call, parent);
    if (status == FsStatus.OK && node.isDirectory()) {
      status = FsStatus.IS_DIRECTORY;
    }
    if (status == FsStatus.OK && parent.child(name) != null) {
      status = FsStatus.EXISTS;
    }
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    long before = parent.change;
    parent.enter(name, node);
    node.links++;
    changed(call, node);
    changed(call, parent);
    succeed(callback, new ChangeInfo(before, parent.change));
  }

  @Override
  public void readLink(FsCall call, FileHandle symlink, FsCallback<byte[]> callback) {
    Node node = find(call, symlink);
    if (node == null) {
      fail(callback, FsStatus.STALE);
    } else if (node.type != FileType.SYMLINK) {
      fail(callback, FsStatus.WRONG_TYPE);
    } else {
      succeed(callback, node.content);
    }
  }

  private long unreadableInode = -1;

  /** From now on the attributes of {@code file} can't be had by its directory. */
  public void makeUnreadable(FileHandle file) {
    unreadableInode = file.inode();
  }

  @Override
  public void readDirectory(
      FsCall call,
      FileHandle directory,
      long cookie,
      DirectoryVisitor visitor,
      FsCallback<DirectoryEnd> callback) {
    Node node = find(call, directory);
    FsStatus status = directoryStatus(node);
    if (status == FsStatus.SYMLINK) {
      status = FsStatus.NOT_DIRECTORY;
    }
    if (status == FsStatus.OK && !node.mayRead(call.principal())) {
      status = FsStatus.ACCESS_DENIED;
    }
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    for (Map.Entry<Long, Node.Entry> entry : node.entries.tailMap(cookie, false).entrySet()) {
      Node child = entry.getValue().node();
      boolean given = visitor.wantsAttributes() && child.handle.inode() != unreadableInode;
      Attributes attributes = given ? child.attributes() : null;
      long inode = child.handle.inode();
      if (!visitor.entry(entry.getKey(), entry.getValue().name(), inode, attributes)) {
        succeed(callback, new DirectoryEnd(false));
        return;
      }
    }
    succeed(callback, new DirectoryEnd(true));
  }

  // --- content ---

  @Override
  public void read(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      int lengthBytes,
      FsCallback<ReadResult> callback) {
    Node node = find(call, file);
    FsStatus status = regularStatus(node);
    if (status == FsStatus.OK && !heldOpen && !node.mayRead(call.principal())) {
      status = FsStatus.ACCESS_DENIED;
    }
    if (status != FsStatus.OK) {
      fail(callback, status);
      return;
    }
    int from = (int) Math.min(offsetBytes, node.content.length);
    int length = Math.min(lengthBytes, node.content.length - from);
    ByteBuf data = allocator.directBuffer(Math.max(length, 1));
    data.writeBytes(node.content, from, length);
    succeed(callback, new ReadResult(new ByteBuf[] {data}, from + length == node.content.length));
  }

  @Override
  public void write(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      ByteBuf data,
      Stability stability,
      FsCallback<WriteResult> callback) {
    Node node = find(call, file);
    FsStatus status = regularStatus(node);
    if (status == FsStatus.OK && !heldOpen && !node.mayWrite(call.principal())) {
      status = FsStatus.ACCESS_DENIED;
    }
    if (status == FsStatus.OK && offsetBytes > maxFileBytes - data.readableBytes()) {
      status = FsStatus.FILE_TOO_LARGE;
    }
    if (status != FsStatus.OK) {
      data.release();
      fail(callback, status);
      return;
    }
    writes++;
    long address = data.memoryAddress() + data.readerIndex();
    lastWriteAligned = (address & 4095) == (offsetBytes & 4095);
    int length = data.readableBytes();
    int end = (int) offsetBytes + length;
    if (end > node.content.length) {
      node.content = Arrays.copyOf(node.content, end);
    }
    data.readBytes(node.content, (int) offsetBytes, length);
    data.release();
    node.mtimeNanos = nowNanos;
    changed(call, node);
    succeed(callback, new WriteResult(length, stability));
  }

  @Override
  public void commit(FsCall call, FileHandle file, FsCallback<Void> callback) {
    FsStatus status = regularStatus(find(call, file));
    completions.complete(callback, status, null);
  }

  // --- life ---

  @Override
  public void hold(FsCall call, FileHandle file, FsCallback<Void> callback) {
    Node node = find(call, file);
    if (node != null) {
      node.holds++;
    }
    completions.complete(callback, node == null ? FsStatus.STALE : FsStatus.OK, null);
    if (failsAfterHold) {
      throw new IllegalStateException("meant to fail");
    }
  }

  /** From now on a hold is under way and its call throws, too. */
  public void failAfterHold() {
    failsAfterHold = true;
  }

  @Override
  public void release(FileHandle file) {
    Node node = nodes.get(file);
    node.holds--;
    forgetIfUnused(node);
  }

  @Override
  public void graceEnded() {
    inGrace = false;
    List.copyOf(nodes.values()).forEach(this::forgetIfUnused);
  }

  @Override
  public DurableRecords records() {
    return new DurableRecords() {
      @Override
      public long put(byte[] key, byte[] value) {
        records.put(key.clone(), value.clone());
        return nextSequence();
      }

      @Override
      public long remove(byte[] key) {
        records.remove(key);
        return nextSequence();
      }

      @Override
      public void all(FsCallback<List<Entry>> callback) {
        List<Entry> entries = new ArrayList<>();
        records.forEach((key, value) -> entries.add(new Entry(key, value)));
        succeed(callback, entries);
      }
    };
  }

  @Override
  public void close(FsCallback<Void> callback) {
    succeed(callback, null);
  }
}
