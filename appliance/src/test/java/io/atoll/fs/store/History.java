package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.ReadResult;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * Random operations, several at once, on a few names and files. Each is done to a {@link ModelFs},
 * too, at its answer: as answers come in the order of effects, both must agree each time.
 */
final class History {
  private static final int QUOTA_ONE_IN = 10;
  private static final int MOST_OBJECTS = 12;

  /** A write makes a file grow by less than so many units. */
  private static final int MOST_GROWTH_UNITS = 3;

  private static final int MAX_PAGE_ENTRIES = 3;
  private static final int MAX_LENT = 2;
  private static final int MAX_TARGET_BYTES = 300;
  private static final long MAX_SET_TIME_NANOS = 1_000_000_000_000_000_000L;

  /** Who asks: half of the time not the superuser, for whom nothing is forbidden. */
  private static final List<Principal> PRINCIPALS =
      List.of(
          Principal.ROOT,
          Principal.ROOT,
          new Principal(1001, 100, new int[] {200}),
          new Principal(1002, 300, new int[] {200}));

  private static final int[] IDS = {0, 100, 200, 1001};
  private static final int[] MODES = {
    0777, 0777, 0755, 0700, 0000, 0640, 0666, 01777, 02775, 06755, 0070
  };

  private static final Set<FsStatus> WITHOUT_EFFECT =
      Set.of(FsStatus.IO_ERROR, FsStatus.DELAY, FsStatus.NO_SPACE, FsStatus.FENCED);

  final TestFs fs;
  final ModelFs model = new ModelFs();

  /** The tree after each change. */
  final List<List<String>> dumps = new ArrayList<>();

  /** Names in listings whose attributes could not be read: none, if nothing fails. */
  int unreadableEntries;

  /** Operations that ended with an I/O error: none, if nothing fails. */
  int ioErrors;

  /** The last change that was said to be durable, or that an answer given away depends on. */
  int durableStep;

  /** The largest change attribute that was given away for each object. */
  final Map<FileHandle, Long> changesSeen = new HashMap<>();

  private final FileHandle root;
  private final SplittableRandom random;
  private final boolean dumping;
  private final int unit;
  private final Map<FileHandle, ModelFs.Node> nodes = new HashMap<>();
  private final List<FileHandle> handles = new ArrayList<>();
  private final List<FileHandle> held = new ArrayList<>();
  private final List<ByteBuf> payloads = new ArrayList<>();
  private final List<Lent> lent = new ArrayList<>();
  private int inFlight;

  /** Whether quotas come and go, too; null if not. */
  private QuotaWatch quotas;

  /** The answer being given says nothing about when its effect is durable. */
  private boolean unstable;

  /**
   * @param unit offsets and lengths of writes are mostly below this
   * @param dumping whether to keep the tree after each change
   */
  History(TestFs fs, long seed, int unit, boolean dumping) {
    this(fs, fs.root(), seed, unit, dumping);
  }

  /**
   * @param root an empty directory, under which all is done
   */
  History(TestFs fs, FileHandle root, long seed, int unit, boolean dumping) {
    this.fs = fs;
    this.root = root;
    this.unit = unit;
    this.dumping = dumping;
    random = new SplittableRandom(seed);
    register(root, model.root);
    like(model.root, fs.stat(root));
    model.root.versions.put(0, new byte[0]);
    dumps.add(model.dump());
  }

  /** Sets and lifts quotas, too, which are so tight that they are met. */
  History withQuotas() {
    quotas = new QuotaWatch(fs);
    return this;
  }

  private static void like(ModelFs.Node node, Attributes attributes) {
    node.mode = attributes.mode();
    node.uid = attributes.uid();
    node.gid = attributes.gid();
    node.atimeNanos = attributes.atimeNanos();
    node.mtimeNanos = attributes.mtimeNanos();
    node.ctimeNanos = attributes.ctimeNanos();
  }

  private void register(FileHandle handle, ModelFs.Node node) {
    if (nodes.put(handle, node) == null) {
      handles.add(handle);
    }
  }

  /** An answer that a reader keeps for a while: the cache's memory, and what must be in it. */
  private record Lent(ReadResult result, byte[] bytes) {}

  /** Starts {@code operations} and lets the loop run now and then; not to the end. */
  void run(int operations, int atOnce) {
    for (int i = 0; i < operations; i++) {
      fs.driver.runUntil(() -> inFlight < atOnce);
      startOne();
      int steps = random.nextInt(4);
      for (int j = 0; j < steps; j++) {
        fs.driver.step();
      }
    }
  }

  void finish() {
    fs.driver.runUntil(() -> inFlight == 0);
    for (FileHandle handle : held) {
      fs.fs.release(handle);
      model.release(nodes.get(handle));
    }
    held.clear();
    giveBack();
    assertTrue(payloads.stream().allMatch(data -> data.refCnt() == 0), "data of a write kept");
  }

  /** Readers have sent on what they read, which is still what it was. */
  void giveBack() {
    for (Lent each : lent) {
      assertArrayEquals(each.bytes, TestFs.take(each.result), "memory changed under its reader");
    }
    lent.clear();
  }

  private void startOne() {
    if (random.nextInt(4) == 0) {
      giveBack();
    }
    FileHandle handle = handles.get(random.nextInt(handles.size()));
    if (random.nextInt(3) > 0) {
      handle = handles.get(handles.size() - 1 - random.nextInt(Math.min(4, handles.size())));
    }
    if (quotas != null && random.nextInt(QUOTA_ONE_IN) == 0) {
      setOrLiftQuota(directory());
      return;
    }
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> create(directory());
      case 3 -> lookup(directory());
      case 4 -> remove(directory());
      case 5, 6 -> rename(directory(), directory());
      case 7 -> link(handle, directory());
      case 8, 9, 10 -> write(handle);
      case 11 -> read(handle);
      case 12 -> setAttributes(handle, TestFs.size(random.nextInt(4) == 0 ? 0 : place()));
      case 13, 14 -> setAttributes(handle, changes());
      case 15 -> list(directory());
      case 16 -> listInPages(directory());
      case 17 -> readLink(handle);
      case 18 -> commit(handle);
      default -> holdOrRelease(handle);
    }
  }

  private FsCall call() {
    return fs.call(PRINCIPALS.get(random.nextInt(PRINCIPALS.size())), random);
  }

  private static int one(int[] of, SplittableRandom random) {
    return of[random.nextInt(of.length)];
  }

  private FileHandle directory() {
    for (int i = 0; i < 3; i++) {
      FileHandle handle = handles.get(random.nextInt(handles.size()));
      if (nodes.get(handle).directory) {
        return handle;
      }
    }
    return root;
  }

  private String name() {
    return String.valueOf((char) ('a' + random.nextInt(4)));
  }

  /** An operation and its twin on the model. */
  private interface Twin<T> {
    void answered(FsStatus status, T result);
  }

  private <T> FsCallback<T> callback(FsCall call, Twin<T> twin) {
    inFlight++;
    return (status, result) -> {
      inFlight--;
      int before = model.step;
      if (quotas != null) {
        quotas.look();
      }
      ioErrors += status == FsStatus.IO_ERROR ? 1 : 0;
      if (WITHOUT_EFFECT.contains(status)) {
        return;
      }
      if (status == FsStatus.QUOTA_EXCEEDED) {
        assertTrue(quotas.isNearlyMet(MOST_GROWTH_UNITS * (long) unit), "no quota is met");
        return;
      }
      unstable = false;
      model.who = call.principal();
      model.now = fs.now();
      twin.answered(status, result);
      int after = model.step;
      if (after > before) {
        if (dumping) {
          dumps.add(model.dump());
        }
        if (!unstable) {
          tell(call, after);
        }
      }
    };
  }

  /** Gives an answer away as soon as what it depends on is durable. */
  private void tell(FsCall call, int step) {
    fs.fs.awaitDurable(
        call.requiredSequence(),
        (status, nothing) -> {
          if (status == FsStatus.OK) {
            durableStep = Math.max(durableStep, step);
          }
        });
  }

  private void tellAttributes(FsCall call, Attributes attributes, ModelFs.Node node) {
    int step = node.changed;
    fs.fs.awaitDurable(
        call.requiredSequence(),
        (status, nothing) -> {
          if (status == FsStatus.OK) {
            durableStep = Math.max(durableStep, step);
            changesSeen.merge(attributes.handle(), attributes.change(), Math::max);
          }
        });
  }

  private void create(FileHandle dir) {
    String name = name();
    CreateRequest request = request();
    FsCall call = call();
    Twin<CreateResult> twin =
        (status, result) -> {
          ModelFs.Node[] made = new ModelFs.Node[1];
          int before = model.step;
          assertEquals(model.create(nodes.get(dir), name, request, made), status);
          if (status == FsStatus.OK) {
            boolean again = request.disposition() == Disposition.EXCLUSIVE;
            assertEquals(again || model.step > before, result.created());
            register(result.attributes().handle(), made[0]);
            check(result.attributes(), made[0]);
            tellAttributes(call, result.attributes(), made[0]);
          }
        };
    fs.fs.create(call, dir, TestFs.bytes(name), request, callback(call, twin));
  }

  private CreateRequest request() {
    AttributeChanges attributes =
        random.nextInt(3) == 0 ? TestFs.size(0) : TestFs.mode(one(MODES, random));
    return switch (random.nextInt(8)) {
      case 0, 1 -> TestFs.request(FileType.DIRECTORY, Disposition.GUARDED, attributes);
      case 2 ->
          new CreateRequest(
              FileType.SYMLINK,
              Disposition.GUARDED,
              attributes,
              0,
              TestFs.bytes("t".repeat(1 + random.nextInt(MAX_TARGET_BYTES))),
              0,
              0);
      case 3 ->
          new CreateRequest(
              FileType.REGULAR,
              Disposition.EXCLUSIVE,
              new AttributeChanges(),
              random.nextInt(2),
              null,
              0,
              0);
      case 4, 5 -> TestFs.request(FileType.REGULAR, Disposition.GUARDED, attributes);
      default -> TestFs.request(FileType.REGULAR, Disposition.UNCHECKED, attributes);
    };
  }

  private void check(Attributes attributes, ModelFs.Node node) {
    assertEquals(node, nodes.get(attributes.handle()), "another object");
    assertEquals(node.type, attributes.type());
    assertEquals(node.links, attributes.links());
    assertEquals(node.mode, attributes.mode());
    assertEquals(node.uid, attributes.uid());
    assertEquals(node.gid, attributes.gid());
    assertEquals(
        node.times(),
        List.of(attributes.atimeNanos(), attributes.mtimeNanos(), attributes.ctimeNanos()));
    if (!node.directory) {
      assertEquals(node.content().length, attributes.sizeBytes());
    }
  }

  private void lookup(FileHandle dir) {
    String name = name();
    FsCall call = call();
    Twin<Attributes> twin =
        (status, result) -> {
          ModelFs.Node parent = nodes.get(dir);
          ModelFs.Node found = parent.children.get(name);
          FsStatus searched = model.search(parent);
          if (searched != FsStatus.OK) {
            assertEquals(searched, status);
            tell(call, parent.changed);
          } else if (found == null) {
            assertEquals(FsStatus.NOT_FOUND, status);
            tell(call, parent.changed);
          } else {
            assertEquals(FsStatus.OK, status);
            check(result, found);
            tellAttributes(call, result, found);
          }
        };
    fs.fs.lookup(call, dir, TestFs.bytes(name), callback(call, twin));
  }

  private void remove(FileHandle dir) {
    String name = name();
    FsCall call = call();
    fs.fs.remove(
        call,
        dir,
        TestFs.bytes(name),
        callback(call, (status, r) -> assertEquals(model.remove(nodes.get(dir), name), status)));
  }

  private void rename(FileHandle from, FileHandle to) {
    String fromName = name();
    String toName = name();
    FsCall call = call();
    Twin<RenameResult> twin =
        (status, result) -> {
          ModelFs.Node source = nodes.get(from);
          ModelFs.Node target = nodes.get(to);
          if (status == FsStatus.OTHER_QUOTA) {
            assertTrue(
                source.quotaRoot() != target.quotaRoot(), "refused between what counts together");
          } else {
            assertEquals(model.rename(source, fromName, target, toName), status);
          }
        };
    fs.fs.rename(
        call, from, TestFs.bytes(fromName), to, TestFs.bytes(toName), callback(call, twin));
  }

  private void link(FileHandle file, FileHandle dir) {
    String name = name();
    FsCall call = call();
    fs.fs.link(
        call,
        file,
        dir,
        TestFs.bytes(name),
        callback(
            call,
            (status, result) -> {
              if (status == FsStatus.OTHER_QUOTA) {
                assertTrue(quotas.everSet(), "there was never a quota");
              } else {
                assertEquals(model.link(nodes.get(file), nodes.get(dir), name), status);
              }
            }));
  }

  private void setOrLiftQuota(FileHandle dir) {
    FsCall call = new FsCall(TestFs.ROOT);
    ModelFs.Node node = nodes.get(dir);
    if (random.nextInt(3) == 0) {
      Twin<Void> twin =
          (status, nothing) -> {
            if (status == FsStatus.OK) {
              assertTrue(node.hasQuota, "a quota that was not there is lifted");
              node.hasQuota = false;
            } else {
              assertEquals(node.gone() ? FsStatus.STALE : FsStatus.NOT_FOUND, status);
            }
          };
      fs.fs.quotas().remove(call, dir, callback(call, twin));
      return;
    }
    long bytes = random.nextInt(4) == 0 ? QuotaLimits.NONE : random.nextInt(10 * unit);
    long objects = random.nextInt(3) == 0 ? random.nextInt(MOST_OBJECTS) : QuotaLimits.NONE;
    QuotaLimits limits = new QuotaLimits(bytes, objects);
    Twin<Quota> twin =
        (status, quota) -> {
          if (status == FsStatus.OK) {
            assertEquals(limits, quota.limits());
            node.hasQuota = !limits.equals(QuotaLimits.UNLIMITED) || !dir.equals(fs.root());
            quotas.set();
          } else if (status != FsStatus.TOO_MANY_QUOTAS) {
            assertEquals(FsStatus.STALE, status);
            assertTrue(node.gone());
          }
        };
    fs.fs.quotas().set(call, dir, limits, callback(call, twin));
  }

  private int place() {
    return random.nextInt(6) == 0
        ? random.nextInt(unit) & -4096
        : random.nextInt(random.nextInt(4) == 0 ? 2100 : unit);
  }

  private void write(FileHandle file) {
    int offset = place();
    byte[] bytes = new byte[1 + (random.nextBoolean() ? random.nextInt(500) : place())];
    Arrays.fill(bytes, (byte) (1 + random.nextInt(100)));
    bytes[0] = (byte) random.nextInt();
    ByteBuf data = MemoryVolume.aligned(bytes.length, random.nextBoolean() ? offset & 4095 : 77);
    data.setBytes(0, bytes);
    payloads.add(data);
    boolean open = random.nextInt(3) > 0;
    Stability stability = random.nextBoolean() ? Stability.UNSTABLE : Stability.FILE_SYNC;
    FsCall call = call();
    Twin<WriteResult> twin =
        (status, result) -> {
          ModelFs.Node node = nodes.get(file);
          unstable = status == FsStatus.OK && result.stability() == Stability.UNSTABLE;
          assertEquals(
              unstable
                  ? model.writeUnstably(node, open, offset, bytes)
                  : model.write(node, open, offset, bytes),
              status);
          if (status == FsStatus.OK) {
            assertTrue(result.stability().compareTo(stability) >= 0, "less stable than asked for");
            fs.fs.attributes(
                call,
                file,
                (found, attributes) -> {
                  check(attributes, node); // pinned still, so at once
                  tellAttributes(call, attributes, node);
                });
          }
        };
    fs.fs.write(call, file, open, offset, data, stability, callback(call, twin));
  }

  private void commit(FileHandle file) {
    ModelFs.Node node = nodes.get(file);
    FsCall call = new FsCall(TestFs.ROOT);
    fs.fs.commit(
        call,
        file,
        callback(
            call,
            (status, nothing) -> {
              assertEquals(model.content(node), status);
              tell(call, node.unstable);
            }));
  }

  private AttributeChanges changes() {
    AttributeChanges changes = new AttributeChanges();
    changes.mask =
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> AttributeChanges.MODE;
          case 3 -> AttributeChanges.UID | AttributeChanges.GID;
          case 4 -> AttributeChanges.ATIME | AttributeChanges.MTIME;
          default -> AttributeChanges.ATIME_NOW | AttributeChanges.MTIME_NOW;
        };
    changes.mode = one(MODES, random);
    changes.uid = one(IDS, random);
    changes.gid = one(IDS, random);
    changes.atimeNanos = random.nextLong(MAX_SET_TIME_NANOS);
    changes.mtimeNanos = random.nextLong(MAX_SET_TIME_NANOS);
    if (random.nextInt(8) == 0) {
      changes.mask |= AttributeChanges.SIZE;
      changes.sizeBytes = place();
    }
    return changes;
  }

  private void setAttributes(FileHandle file, AttributeChanges changes) {
    boolean open = random.nextInt(3) > 0;
    FsCall call = call();
    Twin<Attributes> twin =
        (status, result) -> {
          ModelFs.Node node = nodes.get(file);
          assertEquals(model.setAttributes(node, changes, open), status);
          if (status == FsStatus.OK) {
            check(result, node);
          }
        };
    fs.fs.setAttributes(call, file, changes, open, callback(call, twin));
  }

  private void readLink(FileHandle link) {
    FsCall call = call();
    Twin<byte[]> twin =
        (status, target) -> {
          ModelFs.Node node = nodes.get(link);
          assertEquals(model.target(node), status);
          if (status == FsStatus.OK) {
            assertArrayEquals(node.content(), target);
          }
        };
    fs.fs.readLink(call, link, callback(call, twin));
  }

  private void read(FileHandle file) {
    int offset = place();
    int length = 1 + place();
    int started = model.step;
    boolean open = random.nextInt(3) > 0;
    boolean keeps = random.nextBoolean();
    ModelFs.Node node = nodes.get(file);
    FsCall call = call();
    FsStatus before = model.readable(node, call.principal(), open);
    Twin<ReadResult> twin =
        (status, result) -> {
          FsStatus after = model.readable(node, call.principal(), open);
          assertTrue(
              status == before || status == after || node.permittedAt > started,
              () -> status + ", not " + before + " or " + after);
          if (status != FsStatus.OK) {
            return;
          }
          byte[] data = TestFs.look(result);
          if (keeps && lent.size() < MAX_LENT) {
            lent.add(new Lent(result, data));
          } else {
            result.release();
          }
          assertTrue(node.goneAt > started, "content of a file that was gone before");
          assertTrue(
              node
                  .versions
                  .tailMap(node.versions.floorKey(Math.max(started, node.versions.firstKey())))
                  .values()
                  .stream()
                  .anyMatch(content -> Arrays.equals(part(content, offset, length), data)),
              "content that was never there during the reading");
        };
    fs.fs.read(call, file, open, offset, length, callback(call, twin));
  }

  private static byte[] part(byte[] content, int offset, int length) {
    int from = Math.min(offset, content.length);
    return Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
  }

  private void list(FileHandle dir) {
    boolean attributes = random.nextBoolean();
    readPage(
        dir,
        0,
        Integer.MAX_VALUE,
        attributes,
        call(),
        (names, last) -> {
          ModelFs.Node node = nodes.get(dir);
          if (!node.gone() && !attributes) {
            assertEquals(List.copyOf(node.children.keySet()), List.copyOf(names.keySet()));
          }
        });
  }

  private void listInPages(FileHandle dir) {
    Listing listing = new Listing(nodes.get(dir), model.step);
    nextPage(dir, 0, listing, call());
  }

  private void nextPage(FileHandle dir, long cookie, Listing listing, FsCall call) {
    readPage(
        dir,
        cookie,
        1 + random.nextInt(MAX_PAGE_ENTRIES),
        random.nextBoolean(),
        call,
        (names, last) -> {
          listing.page(names.keySet());
          if (!last) {
            long next = List.copyOf(names.values()).getLast();
            nextPage(dir, next, listing, new FsCall(call.principal()));
          } else if (!nodes.get(dir).gone()) {
            listing.end();
          }
        });
  }

  private void readPage(
      FileHandle dir,
      long cookie,
      int limit,
      boolean attributes,
      FsCall call,
      BiConsumer<Map<String, Long>, Boolean> then) {
    Map<String, Long> names = new LinkedHashMap<>();
    ModelFs.Node node = nodes.get(dir);
    int started = model.step;
    FsStatus before = model.listable(node, call.principal());
    Twin<DirectoryEnd> twin =
        (status, end) -> {
          FsStatus after = model.listable(node, call.principal());
          assertTrue(
              status == before || status == after || node.permittedAt > started,
              () -> status + ", not " + before + " or " + after);
          tell(call, node.changed);
          if (status == FsStatus.OK) {
            then.accept(names, end.last());
          }
        };
    fs.fs.readDirectory(
        call,
        dir,
        cookie,
        TestFs.collect(names, limit, attributes, name -> unreadableEntries++),
        callback(call, twin));
  }

  private void holdOrRelease(FileHandle file) {
    if (held.size() > 3) {
      FileHandle any = held.remove(random.nextInt(held.size()));
      fs.fs.release(any);
      model.release(nodes.get(any));
      return;
    }
    ModelFs.Node node = nodes.get(file);
    if (node.type != FileType.REGULAR) {
      return;
    }
    FsCall call = new FsCall(TestFs.ROOT);
    fs.fs.hold(
        call,
        file,
        callback(
            call,
            (status, nothing) -> {
              assertEquals(node.gone() ? FsStatus.STALE : FsStatus.OK, status);
              if (status == FsStatus.OK) {
                node.holds++;
                held.add(file);
              }
            }));
  }

  /** The tree as the file system shows it. */
  static List<String> dump(TestFs fs) {
    return TreeDump.of(fs, fs.root());
  }

  static List<String> dump(TestFs fs, FileHandle root) {
    return TreeDump.of(fs, root);
  }
}
