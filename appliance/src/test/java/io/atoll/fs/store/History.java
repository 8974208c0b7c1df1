package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
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

/**
 * Random operations, several at once, on a few names and files. Each is done to a {@link ModelFs},
 * too, at its answer: as answers come in the order of effects, both must agree each time.
 */
final class History {
  private static final int QUOTA_ONE_IN = 10;
  private static final int MOST_OBJECTS = 12;

  /** A write makes a file grow by less than so many units. */
  private static final int MOST_GROWTH_UNITS = 3;

  private static final Set<FsStatus> WITHOUT_EFFECT =
      Set.of(FsStatus.IO_ERROR, FsStatus.DELAY, FsStatus.NO_SPACE, FsStatus.FENCED);

  final TestFs fs;
  final ModelFs model = new ModelFs();

  /** The tree after each change. */
  final List<List<String>> dumps = new ArrayList<>();

  /** Names in listings whose attributes could not be read: none, if nothing fails. */
  int unreadableEntries;

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
    model.root.versions.put(0, new byte[0]);
    dumps.add(model.dump());
  }

  /** Sets and lifts quotas, too, which are so tight that they are met. */
  History withQuotas() {
    quotas = new QuotaWatch(fs);
    return this;
  }

  private void register(FileHandle handle, ModelFs.Node node) {
    if (nodes.put(handle, node) == null) {
      handles.add(handle);
    }
  }

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
    assertTrue(payloads.stream().allMatch(data -> data.refCnt() == 0), "data of a write kept");
  }

  private void startOne() {
    FileHandle handle = handles.get(random.nextInt(handles.size()));
    if (random.nextInt(3) > 0) {
      handle = handles.get(handles.size() - 1 - random.nextInt(Math.min(4, handles.size())));
    }
    if (quotas != null && random.nextInt(QUOTA_ONE_IN) == 0) {
      setOrLiftQuota(directory());
      return;
    }
    switch (random.nextInt(15)) {
      case 0, 1 -> create(directory());
      case 2 -> lookup(directory());
      case 3 -> remove(directory());
      case 4, 5 -> rename(directory(), directory());
      case 6 -> link(handle, directory());
      case 7, 8, 9 -> write(handle);
      case 10 -> read(handle);
      case 11 -> truncate(handle);
      case 12 -> list(directory());
      case 13 -> commit(handle);
      default -> holdOrRelease(handle);
    }
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
      if (WITHOUT_EFFECT.contains(status)) {
        return;
      }
      if (status == FsStatus.QUOTA_EXCEEDED) {
        assertTrue(quotas.isNearlyMet(MOST_GROWTH_UNITS * (long) unit), "no quota is met");
        return;
      }
      unstable = false;
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
    boolean directory = random.nextInt(3) == 0;
    boolean guarded = directory || random.nextBoolean();
    boolean empty = !guarded && random.nextBoolean();
    CreateRequest request =
        TestFs.request(
            directory ? FileType.DIRECTORY : FileType.REGULAR,
            guarded ? Disposition.GUARDED : Disposition.UNCHECKED,
            empty ? TestFs.size(0) : TestFs.mode(0700));
    FsCall call = new FsCall(TestFs.ROOT);
    Twin<CreateResult> twin =
        (status, result) -> {
          ModelFs.Node[] made = new ModelFs.Node[1];
          int before = model.step;
          assertEquals(model.create(nodes.get(dir), name, directory, guarded, made), status);
          if (status == FsStatus.OK) {
            assertEquals(model.step > before, result.created());
            register(result.attributes().handle(), made[0]);
            check(result.attributes(), made[0]);
          }
        };
    fs.fs.create(call, dir, TestFs.bytes(name), request, callback(call, twin));
  }

  private void check(Attributes attributes, ModelFs.Node node) {
    assertEquals(node, nodes.get(attributes.handle()), "another object");
    assertEquals(node.links, attributes.links());
    if (!node.directory) {
      assertEquals(node.content().length, attributes.sizeBytes());
    }
  }

  private void lookup(FileHandle dir) {
    String name = name();
    FsCall call = new FsCall(TestFs.ROOT);
    Twin<Attributes> twin =
        (status, result) -> {
          ModelFs.Node parent = nodes.get(dir);
          ModelFs.Node found = parent.children.get(name);
          if (parent.gone()) {
            assertEquals(FsStatus.STALE, status);
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
    FsCall call = new FsCall(TestFs.ROOT);
    fs.fs.remove(
        call,
        dir,
        TestFs.bytes(name),
        callback(call, (status, r) -> assertEquals(model.remove(nodes.get(dir), name), status)));
  }

  private void rename(FileHandle from, FileHandle to) {
    String fromName = name();
    String toName = name();
    FsCall call = new FsCall(TestFs.ROOT);
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
    FsCall call = new FsCall(TestFs.ROOT);
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
    Stability stability = random.nextBoolean() ? Stability.UNSTABLE : Stability.FILE_SYNC;
    FsCall call = new FsCall(TestFs.ROOT);
    Twin<WriteResult> twin =
        (status, result) -> {
          ModelFs.Node node = nodes.get(file);
          unstable = status == FsStatus.OK && result.stability() == Stability.UNSTABLE;
          assertEquals(
              unstable
                  ? model.writeUnstably(node, offset, bytes)
                  : model.write(node, offset, bytes),
              status);
          if (status == FsStatus.OK) {
            assertTrue(result.stability().compareTo(stability) >= 0, "less stable than asked for");
            fs.fs.attributes(
                call, file, (found, attributes) -> tellAttributes(call, attributes, node));
          }
        };
    fs.fs.write(call, file, true, offset, data, stability, callback(call, twin));
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

  private void truncate(FileHandle file) {
    int size = random.nextInt(4) == 0 ? 0 : place();
    FsCall call = new FsCall(TestFs.ROOT);
    fs.fs.setAttributes(
        call,
        file,
        TestFs.size(size),
        true,
        callback(
            call, (status, result) -> assertEquals(model.truncate(nodes.get(file), size), status)));
  }

  private void read(FileHandle file) {
    int offset = place();
    int length = 1 + place();
    int started = model.step;
    ModelFs.Node node = nodes.get(file);
    FsCall call = new FsCall(TestFs.ROOT);
    Twin<ReadResult> twin =
        (status, result) -> {
          if (status != FsStatus.OK) {
            assertEquals(model.content(node), status);
            return;
          }
          byte[] data = TestFs.take(result);
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
    fs.fs.read(call, file, true, offset, length, callback(call, twin));
  }

  private static byte[] part(byte[] content, int offset, int length) {
    int from = Math.min(offset, content.length);
    return Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
  }

  private void list(FileHandle dir) {
    Map<String, Long> names = new LinkedHashMap<>();
    boolean attributes = random.nextBoolean();
    FsCall call = new FsCall(TestFs.ROOT);
    Twin<io.atoll.fs.FileSystem.DirectoryEnd> twin =
        (status, end) -> {
          ModelFs.Node node = nodes.get(dir);
          if (!node.gone() && !attributes) {
            assertEquals(FsStatus.OK, status);
            assertEquals(List.copyOf(node.children.keySet()), List.copyOf(names.keySet()));
          }
        };
    fs.fs.readDirectory(
        call,
        dir,
        0,
        TestFs.collect(names, Integer.MAX_VALUE, attributes, name -> unreadableEntries++),
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
    if (node.directory) {
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
    return dump(fs, fs.root());
  }

  static List<String> dump(TestFs fs, FileHandle root) {
    List<String> lines = new ArrayList<>();
    dump(fs, "", root, new HashMap<>(), lines);
    return lines;
  }

  private static void dump(
      TestFs fs, String path, FileHandle dir, Map<FileHandle, String> seen, List<String> lines) {
    for (String name : fs.list(dir).keySet()) {
      Attributes attributes = fs.lookup(dir, name).ok();
      String full = path + "/" + name;
      boolean directory = attributes.type() == FileType.DIRECTORY;
      String first = seen.putIfAbsent(attributes.handle(), full);
      byte[] content =
          directory ? new byte[0] : content(fs, attributes.handle(), (int) attributes.sizeBytes());
      lines.add(ModelFs.line(full, directory, attributes.links(), first, content));
      if (directory) {
        dump(fs, full, attributes.handle(), seen, lines);
      }
    }
  }

  private static byte[] content(TestFs fs, FileHandle file, int size) {
    byte[] content = new byte[size];
    for (int at = 0; at < size; at += StoreLimits.MAX_TRANSFER_BYTES) {
      byte[] part = fs.read(file, at, StoreLimits.MAX_TRANSFER_BYTES);
      System.arraycopy(part, 0, content, at, part.length);
    }
    return content;
  }
}
