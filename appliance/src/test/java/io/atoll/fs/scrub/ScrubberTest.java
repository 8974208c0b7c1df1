package io.atoll.fs.scrub;

import static io.atoll.ondisk.StoreOnDisk.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.atoll.ondisk.LoggedLines;
import io.atoll.ondisk.StoreOnDisk;
import io.atoll.ondisk.Tree;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scrubber reads everything, tells damage by path, and gives way without starving. */
@EitherIo
class ScrubberTest {
  private static final long FAST = 1L << 40;
  private static final long WAIT_NANOS = 60_000_000_000L;

  @TempDir private Path data;
  private StoreOnDisk store;
  private final LoggedLines logged = new LoggedLines(Scrubber.class.getPackageName());
  private final List<String> log = logged.lines();
  private final AtomicLong others = new AtomicLong();

  @BeforeEach
  void open() throws Exception {
    store = StoreOnDisk.open(data);
    store.directory("/d");
    store.directory("/d/e");
    for (int i = 0; i < 300; i++) {
      store.file("/d/f" + i, new byte[0]);
    }
  }

  @AfterEach
  void close() {
    logged.close();
    store.close();
  }

  /** Its own reads, and what others are said to do. */
  private Scrubber scrubber(long bytesPerSecond) throws Exception {
    return store.onLoop(done ->
        done.complete(
            new Scrubber(
                store.volume(),
                store.loop(),
                bytesPerSecond,
                () -> store.volume().counters().dataReads() + others.get())));
  }

  private ScrubStatus start(Scrubber scrubber, Predicate<ScrubStatus> until) throws Exception {
    store.loop().execute(scrubber::startNow);
    return await(scrubber, until);
  }

  private ScrubStatus await(Scrubber scrubber, Predicate<ScrubStatus> until) throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (true) {
      ScrubStatus status = store.onLoop(done -> done.complete(scrubber.status()));
      if (until.test(status)) {
        return status;
      }
      assertTrue(System.nanoTime() < deadline, () -> "still " + status);
    }
  }

  @Test
  void everyBlockIsRead() throws Exception {
    store.file("/d/e/one", content(1, 2_000_000));
    store.file("/two", content(2, 5000));
    ScrubStatus end = start(scrubber(FAST), status -> status.pass() == 2);
    assertEquals((489 + 2) * 4096, end.bytesRead());
    assertEquals(0, end.damagedBlocks());
  }

  @Test
  void damageIsToldByPathAndPlace() throws Exception {
    long inode = store.file("/d/e/one", content(1, 500_000)).inode();
    StoredChunk chunk = chunk(inode, 1);
    long offset = (chunk.runs().getFirst().address() + 3) * 4096;
    Tree.flip(StoreOnDisk.folder(data).resolve("extents/0000"), offset + 5, 2);
    ScrubStatus end = start(scrubber(FAST), status -> status.pass() == 2);
    assertEquals(1, end.damagedBlocks());
    awaitLogged("bytes 274432 to 278527 of inode " + inode + ", extents/0000 at offset " + offset);
    awaitLogged("Inode " + inode + ", of which content is lost, is /d/e/one");
  }

  private void awaitLogged(String text) throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (log.stream().noneMatch(line -> line.contains(text))) {
      assertTrue(System.nanoTime() < deadline, () -> "no '" + text + "' in " + log);
      store.onLoop(done -> done.complete(null));
    }
  }

  private StoredChunk chunk(long inode, long number) throws Exception {
    byte[] key = StoredKeys.chunk(inode, number);
    return StoredChunk.decode(
        key, store.<byte[]>onLoop(done -> store.volume().get(key, (s, v) -> done.complete(v))));
  }

  @Test
  void itGoesOnWhereItWas() throws Exception {
    for (int i = 0; i < 40; i++) {
      store.file("/d/e/f" + i, content(i, 64 * 1024));
    }
    long rate = 4 * 64 * 1024 * 50; // a step of four chunks in 20 ms
    Scrubber first = scrubber(rate);
    long read = start(first, status -> status.bytesRead() >= 8 * 64 * 1024).bytesRead();
    store.loop().execute(first::stop);
    store.close();
    store = StoreOnDisk.open(data);
    ScrubStatus rest = start(scrubber(FAST), status -> status.pass() == 2);
    assertTrue(rest.bytesRead() <= 40 * 64 * 1024 - read, rest::toString);
    assertTrue(rest.bytesRead() > 0, "the first one was at the end already");
  }

  @Test
  void itGivesWayAndIsNotStarved() throws Exception {
    for (int i = 0; i < 40; i++) {
      store.file("/d/e/f" + i, content(i, 64 * 1024));
    }
    Scrubber scrubber =
        store.onLoop(done ->
            done.complete(
                new Scrubber(
                    store.volume(),
                    store.loop(),
                    FAST,
                    () -> store.volume().counters().dataReads() + others.incrementAndGet())));
    ScrubStatus end = start(scrubber, status -> status.pass() == 2);
    assertEquals(40 * 64 * 1024, end.bytesRead());
    assertEquals(9 * 11, end.stepsPutOff(), "nine before each step of four chunks, and the last");
  }

  @Test
  void whatIsFreedWhileItIsReadIsNotTakenForDamage() throws Exception {
    for (int i = 0; i < 20; i++) {
      store.file("/d/e/f" + i, content(i, 64 * 1024));
    }
    Scrubber scrubber = scrubber(20 << 20);
    store.loop().execute(scrubber::startNow);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        store.write(store.find("/d/e/f" + i), 0, content(round * 20 + i, 64 * 1024));
      }
    }
    assertEquals(0, await(scrubber, status -> status.pass() >= 2).damagedBlocks());
    assertEquals(
        VolumeStatus.OK,
        store.<VolumeStatus>onLoop(
            done -> store.volume().awaitCommit(store.volume().appendedSequence(), done::complete)));
  }

  @Test
  void neighbouringDamageIsOneLineAndTheEndSumsUp() throws Exception {
    long inode = store.file("/d/e/one", content(1, 500_000)).inode();
    StoredChunk chunk = chunk(inode, 1);
    long offset = (chunk.runs().getFirst().address() + 3) * 4096;
    for (int block = 0; block < 5; block++) {
      Tree.flip(StoreOnDisk.folder(data).resolve("extents/0000"), offset + block * 4096L + 5, 2);
    }
    ScrubStatus end = start(scrubber(FAST), status -> status.pass() == 2);
    assertEquals(5, end.damagedBlocks());
    awaitLogged("bytes 274432 to 294911 of inode " + inode + ", extents/0000 at offset " + offset);
    assertEquals(1, log.stream().filter(line -> line.contains("Content is lost")).count());
    awaitLogged("Pass 1 of the scrubber has ended: it has found 5 damaged blocks in 1 places");
  }

  @Test
  void onlySoManyPlacesAreToldAPass() throws Exception {
    int files = DamageLog.MAX_TOLD_PER_PASS + 10;
    for (int i = 0; i < files; i++) {
      long inode = store.file("/d/e/f" + i, content(i, 4096)).inode();
      long address = chunk(inode, 0).runs().getFirst().address();
      Tree.flip(StoreOnDisk.folder(data).resolve("extents/0000"), address * 4096, 2);
    }
    Scrubber scrubber = scrubber(FAST);
    assertEquals(files, start(scrubber, status -> status.pass() == 2).damagedBlocks());
    awaitLogged("damaged blocks in " + files + " places, of which " + DamageLog.MAX_TOLD_PER_PASS);
    assertEquals(
        DamageLog.MAX_TOLD_PER_PASS,
        log.stream().filter(line -> line.contains("Content is lost")).count());
    store.onLoop(done -> {
      scrubber.stop();
      done.complete(null);
    });
  }

  @Test
  void aStopSaysWhatWasFoundAndNotesNoMoreThanWasRead() throws Exception {
    long first = store.file("/d/e/first", content(1, 64 * 1024)).inode();
    long address = chunk(first, 0).runs().getFirst().address();
    Tree.flip(StoreOnDisk.folder(data).resolve("extents/0000"), address * 4096, 2);
    for (int i = 0; i < 40; i++) {
      store.file("/d/e/f" + i, content(i, 64 * 1024));
    }
    long rate = 4 * 64 * 1024 * 50; // a step of four chunks in 20 ms
    Scrubber scrubber = scrubber(rate);
    store.loop().execute(scrubber::startNow);
    await(scrubber, status -> status.damagedBlocks() == 1);
    long read =
        store.<Long>onLoop(done -> {
          scrubber.stop();
          done.complete(scrubber.status().bytesRead());
        });
    ScrubPosition noted =
        ScrubPosition.decode(
            store.<byte[]>onLoop(
                done -> store.volume().get(ScrubPosition.KEY, (s, value) -> done.complete(value))));
    assertTrue((noted.inode() - first) * 64 * 1024 <= read + 4096, noted + " after " + read);
    awaitLogged("Pass 1 of the scrubber is interrupted by a stop: it has found 1 damaged blocks");
  }

  @Test
  void noPinIsKeptWhileThereIsNoMemory() throws Exception {
    store.file("/d/e/one", content(1, 500_000));
    AtomicLong pins = new AtomicLong();
    AtomicLong refusals = new AtomicLong();
    Volume scarce = scarce(pins, refusals);
    Scrubber scrubber = new Scrubber(scarce, store.loop(), FAST, () -> 0);
    store.loop().execute(scrubber::startNow);
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (refusals.get() == 0) {
      assertTrue(System.nanoTime() < deadline, "no memory was asked for");
      Thread.onSpinWait();
    }
    assertEquals(0, store.<Long>onLoop(done -> done.complete(pins.get())));
    store.onLoop(done -> {
      scrubber.stop();
      done.complete(null);
    });
  }

  @Test
  void whereTheMapCanNotBeReadIsToldAndSteppedOver() throws Exception {
    long[] inodes = new long[20];
    for (int i = 0; i < inodes.length; i++) {
      inodes[i] = store.file("/d/e/f" + i, content(i, 64 * 1024)).inode();
    }
    long first = inodes[6];
    long last = inodes[11];
    AtomicLong failures = new AtomicLong();
    Scrubber scrubber =
        new Scrubber(unreadable(first, last, failures), store.loop(), FAST, () -> 0, 1_000_000);
    ScrubStatus end = start(scrubber, status -> status.pass() == 2);
    assertEquals((inodes.length - 6) * 64L * 1024, end.bytesRead());
    assertEquals(1, end.mapGaps());
    assertEquals(0, end.damagedBlocks());
    assertTrue(failures.get() >= Scrubber.MAP_TRIES, "given up after " + failures + " tries");
    // Of the file before it is not known whether it had more.
    String where =
        "inode "
            + (first - 1)
            + " from byte "
            + StoredChunk.CHUNK_BYTES
            + " on up to inode "
            + last;
    awaitLogged("content of " + where + " is not compared");
    awaitLogged("Inode " + (first - 1) + ", whose map can't be read, is /d/e/f5");
    awaitLogged("it could not read the map of chunks in 1 places, among them " + where);
    assertEquals(1, log.stream().filter(line -> line.contains("is not compared")).count());
  }

  @Test
  void aMapOfWhichNothingCanBeReadEndsThePass() throws Exception {
    store.file("/d/e/one", content(1, 64 * 1024));
    Scrubber scrubber =
        new Scrubber(
            unreadable(0, Long.MAX_VALUE, new AtomicLong()),
            store.loop(),
            FAST,
            () -> 0,
            1_000_000);
    assertEquals(0, start(scrubber, status -> status.pass() == 2).bytesRead());
    awaitLogged("content of inode 0 and all after it is not compared");
  }

  @Test
  void aMapThatIsReadAtTheSecondTryIsNoGap() throws Exception {
    store.file("/d/e/one", content(1, 64 * 1024));
    AtomicLong scans = new AtomicLong();
    Volume once =
        volume((method, arguments) -> {
          if (method.getName().equals("scan") && scans.getAndIncrement() == 0) {
            ((Volume.ScanCallback) arguments[3]).done(VolumeStatus.IO_ERROR, List.of());
            return null;
          }
          return method.invoke(store.volume(), arguments);
        });
    ScrubStatus end =
        start(new Scrubber(once, store.loop(), FAST, () -> 0, 1_000_000), s -> s.pass() == 2);
    assertEquals(64 * 1024, end.bytesRead());
    assertEquals(0, end.mapGaps());
  }

  /** The store's volume, which can't read the chunk maps of some inodes. */
  private Volume unreadable(long first, long last, AtomicLong failures) {
    return volume((method, arguments) -> {
      if (!method.getName().equals("scan") || ((byte[]) arguments[0])[0] != StoredKeys.CHUNK) {
        return method.invoke(store.volume(), arguments);
      }
      Volume.ScanCallback callback = (Volume.ScanCallback) arguments[3];
      store
          .volume()
          .scan(
              (byte[]) arguments[0],
              (byte[]) arguments[1],
              (int) arguments[2],
              (status, entries) -> {
                long from = StoredChunk.inodeOf((byte[]) arguments[0]);
                boolean meets =
                    (from >= first && from <= last)
                        || entries.stream()
                            .mapToLong(entry -> StoredChunk.inodeOf(entry.key()))
                            .anyMatch(inode -> inode >= first && inode <= last);
                failures.addAndGet(meets ? 1 : 0);
                callback.done(meets ? VolumeStatus.IO_ERROR : status, meets ? List.of() : entries);
              });
      return null;
    });
  }

  /** A call of a volume that is not as the store's. */
  private interface Call {
    Object on(Method method, Object[] arguments) throws ReflectiveOperationException;
  }

  private static Volume volume(Call call) {
    return (Volume)
        Proxy.newProxyInstance(
            Volume.class.getClassLoader(),
            new Class<?>[] {Volume.class},
            (self, method, arguments) -> call.on(method, arguments));
  }

  /** The store's volume, but without buffers, and counting its pins. */
  private Volume scarce(AtomicLong pins, AtomicLong refusals) {
    return volume((method, arguments) -> {
      if (method.getName().equals("buffer")) {
        refusals.incrementAndGet();
        return null;
      }
      if (method.getName().equals("pinBlocks")) {
        Volume.Pin pin = store.volume().pinBlocks();
        pins.incrementAndGet();
        return (Volume.Pin)
            () -> {
              pins.decrementAndGet();
              pin.release();
            };
      }
      return method.invoke(store.volume(), arguments);
    });
  }
}
