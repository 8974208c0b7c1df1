package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.atoll.fs.memory.Completions;
import io.atoll.fs.memory.MemoryFileSystem;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * The file system in memory that the protocol is tested against answers as the real one does: each
 * operation on an object of each type.
 */
class EitherImplementationTest {
  private final TestFs real = new TestFs(3);
  private final MemoryFileSystem memory = new MemoryFileSystem(Completions.immediate());

  /** One operation on an object; its status. */
  private interface Operation {
    void start(FileSystem fs, FsCall call, FileHandle object, FsCallback<Object> callback);
  }

  private static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();

  static {
    OPERATIONS.put("commit", (fs, call, object, end) -> fs.commit(call, object, erased(end)));
    OPERATIONS.put("readLink", (fs, call, object, end) -> fs.readLink(call, object, erased(end)));
    OPERATIONS.put(
        "read",
        (fs, call, object, end) ->
            fs.read(
                call,
                object,
                false,
                0,
                1,
                (status, result) -> {
                  if (result != null) {
                    release(result);
                  }
                  end.done(status, null);
                }));
    OPERATIONS.put(
        "write",
        (fs, call, object, end) ->
            fs.write(
                call,
                object,
                false,
                0,
                Unpooled.directBuffer(1).writeByte(1),
                Stability.FILE_SYNC,
                erased(end)));
    OPERATIONS.put(
        "truncate",
        (fs, call, object, end) ->
            fs.setAttributes(call, object, TestFs.size(0), false, erased(end)));
    OPERATIONS.put(
        "lookup",
        (fs, call, object, end) -> fs.lookup(call, object, TestFs.bytes("none"), erased(end)));
    OPERATIONS.put(
        "lookupParent", (fs, call, object, end) -> fs.lookupParent(call, object, erased(end)));
    OPERATIONS.put(
        "create",
        (fs, call, object, end) ->
            fs.create(
                call,
                object,
                TestFs.bytes("new"),
                TestFs.request(FileType.REGULAR, Disposition.GUARDED, TestFs.mode(0644)),
                erased(end)));
    OPERATIONS.put(
        "remove",
        (fs, call, object, end) -> fs.remove(call, object, TestFs.bytes("none"), erased(end)));
    OPERATIONS.put(
        "readDirectory",
        (fs, call, object, end) ->
            fs.readDirectory(call, object, 0, new Everything(), erased(end)));
  }

  private static final class Everything implements DirectoryVisitor {
    @Override
    public boolean wantsAttributes() {
      return false;
    }

    @Override
    public boolean entry(long cookie, byte[] name, long inode, Attributes found) {
      return true;
    }
  }

  private static <T> FsCallback<T> erased(FsCallback<Object> end) {
    return end::done;
  }

  private static void release(ReadResult result) {
    TestFs.take(result);
  }

  private static FsCallback<CreateResult> keep(FileHandle[] into) {
    return (status, created) -> into[0] = created.attributes().handle();
  }

  private void inBoth(BiConsumer<FileHandle, FileHandle> test, CreateRequest request) {
    FileHandle[] inReal = new FileHandle[1];
    FileHandle[] inMemory = new FileHandle[1];
    byte[] name = TestFs.bytes("o" + request.type());
    real.fs.create(new FsCall(TestFs.ROOT), real.root(), name, request, keep(inReal));
    real.loop.runUntil(() -> inReal[0] != null);
    memory.create(new FsCall(TestFs.ROOT), memory.root(), name, request, keep(inMemory));
    test.accept(inReal[0], inMemory[0]);
  }

  private FsStatus statusOf(FileSystem fs, Operation operation, FileHandle object) {
    FsStatus[] end = new FsStatus[1];
    operation.start(fs, new FsCall(TestFs.ROOT), object, (status, result) -> end[0] = status);
    real.loop.runUntil(() -> end[0] != null);
    return end[0];
  }

  @Test
  void answerTheSameOnEveryTypeOfObject() {
    Map<String, FsStatus> ofReal = new LinkedHashMap<>();
    Map<String, FsStatus> ofMemory = new LinkedHashMap<>();
    for (FileType type : FileType.values()) {
      byte[] target = type == FileType.SYMLINK ? TestFs.bytes("target") : null;
      CreateRequest request =
          new CreateRequest(type, Disposition.GUARDED, TestFs.mode(0755), 0, target, 0, 0);
      inBoth(
          (inReal, inMemory) ->
              OPERATIONS.forEach((name, operation) -> {
                ofReal.put(name + " " + type, statusOf(real.fs, operation, inReal));
                ofMemory.put(name + " " + type, statusOf(memory, operation, inMemory));
              }),
          request);
    }
    assertEquals(ofReal, ofMemory);
    assertEquals(FsStatus.IS_DIRECTORY, ofReal.get("commit DIRECTORY"));
    assertEquals(FsStatus.SYMLINK, ofReal.get("commit SYMLINK"));
    assertEquals(FsStatus.WRONG_TYPE, ofReal.get("readLink REGULAR"));
    assertEquals(FsStatus.WRONG_TYPE, ofReal.get("readLink DIRECTORY"));
    real.check();
  }
}
