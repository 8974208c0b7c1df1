package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.AccessBits;
import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.AccessResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PermissionsTest {
  private static final Principal ALICE = new Principal(1000, 100, new int[] {});
  private static final Principal BOB = new Principal(1001, 200, new int[] {100, 300});
  private static final Principal EVE = new Principal(1002, 400, new int[] {});

  private final TestFs fs = new TestFs(11);
  private final FileHandle root = fs.root();
  private FileHandle home;

  @BeforeEach
  void makeHome() {
    home = fs.mkdir(root, "home");
    AttributeChanges owner = TestFs.mode(0775);
    owner.mask |= AttributeChanges.UID | AttributeChanges.GID;
    owner.uid = ALICE.uid();
    owner.gid = ALICE.gid();
    fs.set(TestFs.ROOT, home, owner).ok();
  }

  @AfterEach
  void nothingIsWrongOrLeft() {
    fs.check();
  }

  @Test
  void ownerGroupAndOthersHaveTheirOwnBits() {
    FileHandle file = fs.file(ALICE, home, "f", 0640);
    fs.write(ALICE, file, 0, io.netty.buffer.Unpooled.copiedBuffer(new byte[3])).ok();
    assertEquals(3, fs.read(BOB, file, 0, 10).ok().length);
    assertEquals(
        FsStatus.ACCESS_DENIED,
        fs.write(BOB, file, 0, io.netty.buffer.Unpooled.copiedBuffer(new byte[1])).status());
    assertEquals(FsStatus.ACCESS_DENIED, fs.read(EVE, file, 0, 10).status());
    fs.set(ALICE, file, TestFs.mode(0077)).ok();
    assertEquals(FsStatus.ACCESS_DENIED, fs.read(ALICE, file, 0, 10).status(), "the owner's bits");
    assertEquals(3, fs.read(TestFs.ROOT, file, 0, 10).ok().length);
  }

  @Test
  void superuserExecutesOnlyWhatSomeoneMayExecute() {
    FileHandle file = fs.file(ALICE, home, "f", 0644);
    int all = 63;
    AccessResult plain = fs.access(TestFs.ROOT, file, all).ok();
    assertEquals(0, plain.granted() & AccessBits.EXECUTE);
    fs.set(ALICE, file, TestFs.mode(0744)).ok();
    AccessResult executable = fs.access(TestFs.ROOT, file, all).ok();
    assertEquals(AccessBits.EXECUTE, executable.granted() & AccessBits.EXECUTE);
    assertEquals(0, fs.access(EVE, file, all).ok().granted() & AccessBits.EXECUTE);
    assertEquals(0, executable.checked() & (AccessBits.LOOKUP | AccessBits.DELETE));
  }

  @Test
  void accessTellsWhatADirectoryAllows() {
    int all = 63;
    int full =
        AccessBits.READ
            | AccessBits.LOOKUP
            | AccessBits.MODIFY
            | AccessBits.EXTEND
            | AccessBits.DELETE;
    assertEquals(full, fs.access(BOB, home, all).ok().granted());
    assertEquals(AccessBits.READ | AccessBits.LOOKUP, fs.access(EVE, home, all).ok().granted());
  }

  @Test
  void namesNeedSearchAndChangesNeedWrite() {
    fs.file(ALICE, home, "f", 0644);
    assertEquals(FsStatus.ACCESS_DENIED, fs.remove(EVE, home, "f").status());
    CreateRequest request =
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, new AttributeChanges());
    assertEquals(FsStatus.ACCESS_DENIED, fs.create(EVE, home, "g", request).status());
    assertEquals(FsStatus.EXISTS, fs.create(EVE, home, "f", request).status());
    fs.set(ALICE, home, TestFs.mode(0770)).ok();
    assertEquals(FsStatus.ACCESS_DENIED, fs.lookup(EVE, home, "f").status());
    assertEquals(FsStatus.ACCESS_DENIED, fs.rename(EVE, home, "f", root, "f").status());
    assertEquals(FsStatus.ACCESS_DENIED, fs.rename(ALICE, home, "f", root, "f").status());
  }

  @Test
  void stickyDirectoryLetsOnlyOwnersTakeNamesAway() {
    FileHandle tmp = fs.mkdir(TestFs.ROOT, root, "tmp", 01777);
    fs.file(ALICE, tmp, "a", 0666);
    fs.file(EVE, tmp, "e", 0666);
    assertEquals(FsStatus.NOT_OWNER, fs.remove(EVE, tmp, "a").status());
    assertEquals(FsStatus.NOT_OWNER, fs.rename(EVE, tmp, "a", tmp, "b").status());
    assertEquals(FsStatus.NOT_OWNER, fs.rename(EVE, tmp, "e", tmp, "a").status());
    fs.remove(ALICE, tmp, "a").ok();
    fs.remove(TestFs.ROOT, tmp, "e").ok();
  }

  @Test
  void setgidDirectoryGivesItsGroup() {
    AttributeChanges team = TestFs.mode(02777);
    team.mask |= AttributeChanges.GID;
    team.gid = 300;
    fs.set(TestFs.ROOT, home, team).ok();
    FileHandle file = fs.file(EVE, home, "f", 0644);
    assertEquals(300, fs.stat(file).gid());
    FileHandle sub = fs.mkdir(EVE, home, "d", 0755);
    assertEquals(300, fs.stat(sub).gid());
    assertEquals(02755, fs.stat(sub).mode());
    FileHandle plain = fs.file(BOB, fs.mkdir(TestFs.ROOT, root, "p", 0777), "f", 0644);
    assertEquals(200, fs.stat(plain).gid());
  }

  @Test
  void onlyTheSuperuserGivesFilesAway() {
    FileHandle file = fs.file(BOB, home, "f", 0644);
    AttributeChanges owner = new AttributeChanges();
    owner.mask = AttributeChanges.UID;
    owner.uid = EVE.uid();
    assertEquals(FsStatus.NOT_OWNER, fs.set(BOB, file, owner).status());
    owner.uid = BOB.uid();
    fs.set(BOB, file, owner).ok();
    AttributeChanges group = new AttributeChanges();
    group.mask = AttributeChanges.GID;
    group.gid = 300;
    assertEquals(FsStatus.NOT_OWNER, fs.set(ALICE, file, group).status());
    assertEquals(300, fs.set(BOB, file, group).ok().gid());
    group.gid = 400;
    assertEquals(FsStatus.NOT_OWNER, fs.set(BOB, file, group).status());
  }

  @Test
  void privilegeBitsFallWithOwnerAndContent() {
    FileHandle file = fs.file(BOB, home, "f", 06777);
    assertEquals(06777, fs.stat(file).mode());
    fs.write(ALICE, file, 0, io.netty.buffer.Unpooled.copiedBuffer(new byte[1])).ok();
    assertEquals(0777, fs.stat(file).mode());
    fs.set(BOB, file, TestFs.mode(06777)).ok();
    fs.write(TestFs.ROOT, file, 0, io.netty.buffer.Unpooled.copiedBuffer(new byte[1])).ok();
    assertEquals(06777, fs.stat(file).mode(), "the superuser's writes leave them");
    AttributeChanges group = new AttributeChanges();
    group.mask = AttributeChanges.GID;
    group.gid = 300;
    assertEquals(0777, fs.set(BOB, file, group).ok().mode());
  }

  @Test
  void setgidNeedsMembership() {
    FileHandle file = fs.file(ALICE, home, "f", 0755);
    AttributeChanges group = new AttributeChanges();
    group.mask = AttributeChanges.GID;
    group.gid = 300;
    fs.set(TestFs.ROOT, file, group).ok();
    assertEquals(0755, fs.set(ALICE, file, TestFs.mode(02755)).ok().mode());
    assertEquals(02755, fs.set(TestFs.ROOT, file, TestFs.mode(02755)).ok().mode());
  }

  @Test
  void timesAreSetByOwnersAndTouchedByWriters() {
    FileHandle file = fs.file(ALICE, home, "f", 0666);
    AttributeChanges set = new AttributeChanges();
    set.mask = AttributeChanges.MTIME | AttributeChanges.ATIME;
    set.mtimeNanos = 123_456_789;
    set.atimeNanos = -5;
    assertEquals(FsStatus.NOT_OWNER, fs.set(EVE, file, set).status());
    assertEquals(123_456_789, fs.set(ALICE, file, set).ok().mtimeNanos());
    assertEquals(-5, fs.stat(file).atimeNanos());
    AttributeChanges now = new AttributeChanges();
    now.mask = AttributeChanges.MTIME_NOW;
    fs.set(EVE, file, now).ok();
    fs.set(ALICE, file, TestFs.mode(0644)).ok();
    assertEquals(FsStatus.ACCESS_DENIED, fs.set(EVE, file, now).status());
    assertEquals(FsStatus.NOT_OWNER, fs.set(EVE, file, TestFs.mode(0777)).status());
  }

  @Test
  void maskedModeChangesOnlyTheMask() {
    FileHandle file = fs.file(ALICE, home, "f", 0640);
    AttributeChanges masked = new AttributeChanges();
    masked.mask = AttributeChanges.MODE_MASKED;
    masked.mode = 0777;
    masked.modeMask = 0007;
    assertEquals(0647, fs.set(ALICE, file, masked).ok().mode());
  }

  @Test
  void sizeNeedsWriteOrAnOpenFile() {
    FileHandle file = fs.file(ALICE, home, "f", 0444);
    assertEquals(FsStatus.ACCESS_DENIED, fs.set(ALICE, file, TestFs.size(5)).status());
    assertEquals(
        5,
        fs.<io.atoll.fs.Attributes>await(cb ->
                fs.fs.setAttributes(new io.atoll.fs.FsCall(ALICE), file, TestFs.size(5), true, cb))
            .ok()
            .sizeBytes());
    assertEquals(FsStatus.IS_DIRECTORY, fs.set(ALICE, home, TestFs.size(5)).status());
  }

  @Test
  void failedUpdateChangesNothing() {
    FileHandle file = fs.file(ALICE, home, "f", 0644);
    AttributeChanges mixed = TestFs.mode(0777);
    mixed.mask |= AttributeChanges.UID | AttributeChanges.SIZE;
    mixed.uid = EVE.uid();
    mixed.sizeBytes = 10;
    long change = fs.stat(file).change();
    assertEquals(FsStatus.NOT_OWNER, fs.set(ALICE, file, mixed).status());
    assertEquals(change, fs.stat(file).change());
    assertEquals(0644, fs.stat(file).mode());
  }
}
