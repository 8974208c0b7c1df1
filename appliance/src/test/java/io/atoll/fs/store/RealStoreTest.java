package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.ReadResult;
import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOptions;
import io.netty.buffer.ByteBuf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file system on a ring, a disk and RocksDB, all parts as the appliance has them. */
@EitherIo
class RealStoreTest {
  private static final long WAIT_SECONDS = 60;
  private static final int MIB = 1 << 20;
  private static final VolumeOptions OPTIONS =
      new VolumeOptions(MIB, 4, MIB / 2, 32L * MIB, 4L * MIB, 1024L * MIB, MIB, MIB, 4L * MIB);

  @TempDir private Path directory;
  private EngineRuntime runtime;
  private AlignedBufferPool pool;
  private GranuleMemory memory;
  private VertxLoop loop;
  private Disk disk;
  private StoreFileSystem fs;

  @BeforeEach
  void start() throws Exception {
    runtime = IoUnderTest.start(1, 2);
    memory = new GranuleMemory(GranuleMemory.MIN_BYTES);
    pool = new AlignedBufferPool(4L * AlignedBufferPool.SLAB_BYTES, true);
    loop = runtime.loops().getFirst();
    open();
  }

  @AfterEach
  void stop() throws Exception {
    closeStore();
    runtime.close();
    memory.close();
    pool.close(); // tells buffers that were not released
  }

  private <T> T onLoop(Consumer<CompletableFuture<T>> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> task.accept(done));
    return done.get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private <T> T ok(Consumer<FsCallback<T>> operation) throws Exception {
    return this.<T>onLoop(done ->
        operation.accept((status, value) -> {
          if (status == FsStatus.OK) {
            done.complete(value);
          } else {
            done.completeExceptionally(new AssertionError("ended with " + status));
          }
        }));
  }

  private void open() throws Exception {
    Path folder = directory.resolve("fs");
    Files.createDirectories(folder);
    StorageFacts facts = StorageFacts.of(folder);
    disk =
        this.<Disk>onLoop(
            done -> runtime.openDisk(loop, facts, (opened, result) -> done.complete(opened)));
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
    Volume volume =
        this.<Volume>onLoop(done ->
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
    fs =
        this.<StoreFileSystem>ok(callback ->
            StoreFileSystem.open(
                volume,
                loop,
                new Random(1),
                StoreSettings.DEFAULT,
                memory.alone(),
                TestFs.ID,
                callback));
    loop.execute(fs::graceEnded);
  }

  private void closeStore() throws Exception {
    this.<Void>ok(callback -> fs.close(callback));
    this.<Integer>onLoop(done -> disk.close((cookie, result) -> done.complete(result), 0));
  }

  private FileHandle create(String name) throws Exception {
    CreateRequest request =
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, new AttributeChanges());
    return this.<CreateResult>ok(callback ->
            fs.create(new FsCall(Principal.ROOT), fs.root(), TestFs.bytes(name), request, callback))
        .attributes()
        .handle();
  }

  /** Writes, and waits until it is durable. */
  private void write(FileHandle file, long offset, byte[] content, int shift) throws Exception {
    ByteBuf data = pool.take(content.length + shift);
    data.setIndex(shift, shift).writeBytes(content);
    FsCall call = new FsCall(Principal.ROOT);
    this.<WriteResult>ok(
        callback -> fs.write(call, file, true, offset, data, Stability.FILE_SYNC, callback));
    this.<Void>ok(callback -> fs.awaitDurable(call.requiredSequence(), callback));
  }

  private byte[] read(FileHandle file, long offset, int length) throws Exception {
    ReadResult result =
        this.<ReadResult>ok(
            callback -> fs.read(new FsCall(Principal.ROOT), file, true, offset, length, callback));
    return TestFs.take(result);
  }

  @Test
  void contentOfAnySizeAndAlignmentComesBackAfterReopening() throws Exception {
    FileHandle small = create("small");
    FileHandle large = create("large");
    byte[] few = content(1, 1000);
    byte[] many = content(2, 3 * MIB);
    write(small, 0, few, 0);
    for (int at = 0; at < many.length; at += MIB / 2) {
      byte[] part = Arrays.copyOfRange(many, at, at + MIB / 2);
      write(large, at, part, at % MIB == 0 ? 0 : 100);
    }
    byte[] piece = content(3, 10_000);
    System.arraycopy(piece, 0, many, 777_777, piece.length);
    write(large, 777_777, piece, 777_777 % 4096);
    closeStore();
    open();
    assertArrayEquals(few, read(small, 0, MIB));
    for (int at = 0; at < many.length; at += MIB) {
      assertArrayEquals(Arrays.copyOfRange(many, at, at + MIB), read(large, at, MIB));
    }
    Attributes attributes =
        this.<Attributes>ok(callback -> fs.attributes(new FsCall(Principal.ROOT), large, callback));
    assertEquals(many.length, attributes.sizeBytes());
  }

  private static byte[] content(int seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }
}
