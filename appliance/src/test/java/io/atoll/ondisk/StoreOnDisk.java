package io.atoll.ondisk;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.ReadResult;
import io.atoll.fs.store.StoreFileSystem;
import io.atoll.fs.store.StoreSettings;
import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOptions;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A file system in a data directory as a node keeps it, but small, and driven by paths from the
 * thread of a test: each call waits until its effect is durable.
 */
public final class StoreOnDisk implements AutoCloseable {
  public static final FileSystemId ID = new FileSystemId(0x0123456789abcdefL, 0x1L << 60);

  private static final long WAIT_SECONDS = 60;
  private static final int MIB = 1 << 20;
  private static final int READ_BYTES = 64 * 1024;
  private static final VolumeOptions OPTIONS =
      new VolumeOptions(MIB, 4, MIB / 2, 32L * MIB, 4L * MIB, 1024L * MIB, MIB, MIB, 4L * MIB);

  private final Path data;
  private final EngineRuntime runtime;
  private final AlignedBufferPool pool;
  private final GranuleMemory memory = new GranuleMemory(GranuleMemory.MIN_BYTES);
  private final VertxLoop loop;
  private final Disk disk;
  private final LogVolume volume;
  private final FileSystem fs;
  private boolean closed;

  private StoreOnDisk(Path data) throws Exception {
    this.data = data;
    Path folder = folder(data);
    Files.createDirectories(folder);
    runtime = IoUnderTest.start(1, 2);
    pool = new AlignedBufferPool(4L * AlignedBufferPool.SLAB_BYTES, true);
    loop = runtime.loops().getFirst();
    StorageFacts facts = StorageFacts.of(folder);
    disk =
        this.<Disk>onLoop(
            done -> runtime.openDisk(loop, facts, (opened, result) -> done.complete(opened)));
    LogVolume opened = null;
    try {
      opened = (LogVolume) openVolume(folder, facts);
      volume = opened;
      fs =
          this.<StoreFileSystem>ok(callback ->
              StoreFileSystem.open(
                  volume,
                  loop,
                  new Random(1),
                  StoreSettings.DEFAULT,
                  memory.alone(),
                  ID,
                  callback));
    } catch (Exception e) {
      LogVolume unused = opened;
      if (unused != null) {
        this.<Integer>onLoop(done -> unused.close(status -> done.complete(0)));
      }
      runtime.close();
      throw e;
    }
    loop.execute(fs::graceEnded);
  }

  /** Opens the file system in {@code data}, or makes it. */
  public static StoreOnDisk open(Path data) throws Exception {
    return new StoreOnDisk(data);
  }

  /** Where the file system lies within {@code data}. */
  public static Path folder(Path data) {
    return data.resolve(ID.toString());
  }

  private Volume openVolume(Path folder, StorageFacts facts) throws Exception {
    VolumeEnvironment environment =
        new VolumeEnvironment(
            loop,
            runtime.workers(),
            runtime.checkpointWorkers(),
            disk,
            fresh -> RocksDbIndex.open(folder.resolve("index"), fresh, 16L * MIB),
            pool::take,
            () -> folder.toFile().getUsableSpace(),
            facts.overwritesInPlace(),
            RandomGenerator.getDefault());
    return this.<Volume>onLoop(done ->
        LogVolume.open(
            environment,
            OPTIONS,
            (opened, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else {
                done.complete(opened);
              }
            }));
  }

  /** Runs {@code task} on the home loop and waits for what it completes. */
  public <T> T onLoop(Consumer<CompletableFuture<T>> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> task.accept(done));
    return done.get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Runs an operation, and fails unless it ends with OK. */
  public <T> T ok(Consumer<FsCallback<T>> operation) throws Exception {
    return this.<T>onLoop(done ->
        operation.accept((status, value) -> {
          if (status == FsStatus.OK) {
            done.complete(value);
          } else {
            done.completeExceptionally(new OperationFailed(status));
          }
        }));
  }

  public FileSystem fs() {
    return fs;
  }

  public LogVolume volume() {
    return volume;
  }

  public VertxLoop loop() {
    return loop;
  }

  private interface Mutation<T> {
    void start(FsCall call, FsCallback<T> callback);
  }

  private <T> T durably(Mutation<T> mutation) throws Exception {
    FsCall call = new FsCall(Principal.ROOT);
    T result = this.<T>ok(callback -> mutation.start(call, callback));
    this.<Void>ok(callback -> fs.awaitDurable(call.requiredSequence(), callback));
    return result;
  }

  public FileHandle find(String path) throws Exception {
    FileHandle at = fs.root();
    for (String name : names(path)) {
      FileHandle directory = at;
      at =
          this.<Attributes>ok(callback ->
                  fs.lookup(new FsCall(Principal.ROOT), directory, bytes(name), callback))
              .handle();
    }
    return at;
  }

  public Attributes attributes(String path) throws Exception {
    FileHandle file = find(path);
    return this.<Attributes>ok(
        callback -> fs.attributes(new FsCall(Principal.ROOT), file, callback));
  }

  public FileHandle directory(String path) throws Exception {
    return create(path, FileType.DIRECTORY, null);
  }

  public FileHandle symlink(String path, String target) throws Exception {
    return create(path, FileType.SYMLINK, target);
  }

  private FileHandle create(String path, FileType type, String target) throws Exception {
    FileHandle directory = find(parent(path));
    CreateRequest request =
        new CreateRequest(
            type,
            Disposition.GUARDED,
            new AttributeChanges(),
            0,
            target == null ? null : bytes(target),
            0,
            0);
    return this.<CreateResult>durably(
            (call, callback) -> fs.create(call, directory, bytes(name(path)), request, callback))
        .attributes()
        .handle();
  }

  /** Makes a file with this content. */
  public FileHandle file(String path, byte[] content) throws Exception {
    FileHandle file = create(path, FileType.REGULAR, null);
    write(file, 0, content);
    return file;
  }

  public void write(FileHandle file, long offset, byte[] content) throws Exception {
    for (int at = 0; at < content.length; at += READ_BYTES) {
      int length = Math.min(READ_BYTES, content.length - at);
      ByteBuf data = pool.take(length);
      data.setIndex(0, 0).writeBytes(content, at, length);
      long from = offset + at;
      this.<WriteResult>durably((call, callback) ->
          fs.write(call, file, true, from, data, Stability.FILE_SYNC, callback));
    }
  }

  public byte[] read(String path) throws Exception {
    FileHandle file = find(path);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean end = false;
    while (!end) {
      long offset = content.size();
      ReadResult result =
          this.<ReadResult>ok(callback ->
              fs.read(new FsCall(Principal.ROOT), file, true, offset, READ_BYTES, callback));
      byte[] part = new byte[result.bytes()];
      int filled = 0;
      for (int i = 0; i < result.pieces(); i++) {
        int bytes = result.piece(i).readableBytes();
        result.piece(i).readBytes(part, filled, bytes);
        filled += bytes;
      }
      result.release();
      content.writeBytes(part);
      end = result.endOfFile();
    }
    return content.toByteArray();
  }

  public String readLink(String path) throws Exception {
    FileHandle link = find(path);
    return new String(
        this.<byte[]>ok(callback -> fs.readLink(new FsCall(Principal.ROOT), link, callback)),
        StandardCharsets.UTF_8);
  }

  public void link(String path, String newPath) throws Exception {
    FileHandle file = find(path);
    FileHandle directory = find(parent(newPath));
    this.<FileSystem.ChangeInfo>durably(
        (call, callback) -> fs.link(call, file, directory, bytes(name(newPath)), callback));
  }

  /** Limits a directory, and waits until what is there has been counted. */
  public void limit(String path, QuotaLimits limits) throws Exception {
    FileHandle directory = find(path);
    this.<Quota>durably((call, callback) -> fs.quotas().set(call, directory, limits, callback));
    while (quota(path).state() == Quota.State.COUNTING) {
      Thread.onSpinWait();
    }
  }

  public Quota quota(String path) throws Exception {
    FileHandle directory = find(path);
    return this.<Quota>ok(
        callback -> fs.quotas().get(new FsCall(Principal.ROOT), directory, callback));
  }

  public void remove(String path) throws Exception {
    FileHandle directory = find(parent(path));
    this.<FileSystem.ChangeInfo>durably(
        (call, callback) -> fs.remove(call, directory, bytes(name(path)), callback));
  }

  /** Names in a directory, in the order of their cookies. */
  public List<String> list(String path) throws Exception {
    FileHandle directory = find(path);
    List<String> names = new ArrayList<>();
    DirectoryVisitor visitor =
        new DirectoryVisitor() {
          @Override
          public boolean wantsAttributes() {
            return false;
          }

          @Override
          public boolean entry(long cookie, byte[] name, long inode, Attributes attributes) {
            names.add(new String(name, StandardCharsets.UTF_8));
            return true;
          }
        };
    this.<DirectoryEnd>ok(
        callback -> fs.readDirectory(new FsCall(Principal.ROOT), directory, 0, visitor, callback));
    return names;
  }

  /** What a crash now would leave, as far as the page cache survives it: a copy of all files. */
  public void image(Path target) throws Exception {
    Tree.copy(data, target);
  }

  private static List<String> names(String path) {
    return List.of(path.split("/")).stream().filter(name -> !name.isEmpty()).toList();
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Content that tells its place. */
  public static byte[] content(int seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    CompletableFuture<Void> end = new CompletableFuture<>();
    loop.execute(
        () -> fs.close((status, nothing) -> disk.close((cookie, result) -> end.complete(null), 0)));
    end.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    runtime.close();
    memory.close();
    pool.close(); // tells buffers that were not released
  }

  /** An operation's status that is not OK. */
  public static final class OperationFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient FsStatus status;

    OperationFailed(FsStatus status) {
      super("ended with " + status);
      this.status = status;
    }

    public FsStatus status() {
      return status;
    }
  }
}
