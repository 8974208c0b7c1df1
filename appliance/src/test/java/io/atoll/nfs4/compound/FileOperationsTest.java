package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operations that need no client state, each in whole compounds (RFC 8881, section 18). */
class FileOperationsTest {
  private final NfsHarness nfs = new NfsHarness(Completions.immediate());

  @AfterEach
  void nothingLeaks() {
    nfs.close();
  }

  static byte[] read(long offset, int count) {
    return xdr().i(Operation.READ.number()).i(0).l(0).i(0).l(offset).i(count).bytes();
  }

  static XdrBytes write(long offset, byte[] data, int stable) {
    return xdr().i(Operation.WRITE.number()).i(0).l(0).i(0).l(offset).i(stable).opaque(data);
  }

  private static XdrBytes named(Operation operation, String name) {
    return xdr().i(operation.number()).string(name);
  }

  private static XdrBytes getAttr(int... numbers) {
    int[] words = new int[3];
    for (int number : numbers) {
      words[number / 32] |= 1 << (number % 32);
    }
    return xdr().i(Operation.GETATTR.number(), 3).i(words);
  }

  private NfsHarness.Result inRoot(int count, XdrBytes operations) {
    return nfs.run(count + 1, nfs.putRootFh().raw(operations.bytes())).next(Operation.PUTROOTFH);
  }

  private static XdrBytes mkdir(String name) {
    return xdr().i(Operation.CREATE.number(), 2).string(name).i(0, 0);
  }

  @Test
  void handleThatWasGivenIsTaken() {
    nfs.fileSystem.makeFile("f", "abc".getBytes(UTF_8));
    byte[] handle =
        inRoot(2, named(Operation.LOOKUP, "f").i(Operation.GETFH.number()))
            .next(Operation.LOOKUP)
            .next(Operation.GETFH)
            .opaque();
    NfsHarness.Result result =
        nfs.run(2, xdr().i(Operation.PUTFH.number()).opaque(handle).raw(read(1, 10)));
    result.next(Operation.PUTFH).next(Operation.READ);
    assertEquals(1, result.i());
    assertArrayEquals("bc".getBytes(UTF_8), result.opaque());
    result.end();
  }

  @Test
  void handleWithOneBitChangedIsBad() {
    byte[] handle = nfs.handle(nfs.fileSystem.makeFile("f", new byte[1]));
    for (int bit = 32; bit < handle.length * 8; bit++) {
      byte[] forged = handle.clone();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      nfs.run(1, xdr().i(Operation.PUTFH.number()).raw(forged))
          .next(Operation.PUTFH, Nfs4Status.BADHANDLE)
          .end();
    }
  }

  @Test
  void handleOfAnyOtherLengthIsBad() {
    for (int length : new int[] {0, 1, 39, 41, 128}) {
      nfs.run(1, xdr().i(Operation.PUTFH.number()).opaque(new byte[length]))
          .next(Operation.PUTFH, Nfs4Status.BADHANDLE);
    }
    nfs.run(1, xdr().i(Operation.PUTFH.number()).opaque(new byte[129]))
        .next(Operation.PUTFH, Nfs4Status.BADXDR);
  }

  @Test
  void handleWhoseObjectIsGoneIsStale() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[1]);
    inRoot(1, named(Operation.REMOVE, "f")).next(Operation.REMOVE);
    nfs.runOn(file, 1, getAttr(Attribute.SIZE))
        .next(Operation.PUTFH)
        .next(Operation.GETATTR, Nfs4Status.STALE)
        .end();
  }

  @Test
  void namesAreBytesButForTheFewThatAreNot() {
    String longest = "n".repeat(255);
    for (String good : List.of("a", "...", ".a", "a b", "\u00e9\u4e2d", longest)) {
      inRoot(1, mkdir(good)).next(Operation.CREATE);
      inRoot(1, named(Operation.LOOKUP, good)).next(Operation.LOOKUP);
    }
    byte[] notUtf8 = {(byte) 0xff, (byte) 0xfe};
    inRoot(1, xdr().i(Operation.CREATE.number(), 2).opaque(notUtf8).i(0, 0)).next(Operation.CREATE);
    for (Operation operation : List.of(Operation.LOOKUP, Operation.REMOVE, Operation.SECINFO)) {
      inRoot(1, named(operation, "")).next(operation, Nfs4Status.INVAL).end();
      inRoot(1, named(operation, ".")).next(operation, Nfs4Status.BADNAME).end();
      inRoot(1, named(operation, "..")).next(operation, Nfs4Status.BADNAME).end();
      inRoot(1, named(operation, "a/b")).next(operation, Nfs4Status.BADCHAR).end();
      inRoot(1, named(operation, "a\0b")).next(operation, Nfs4Status.BADCHAR).end();
      inRoot(1, named(operation, longest + "n")).next(operation, Nfs4Status.NAMETOOLONG).end();
    }
  }

  @Test
  void lookupOfTheParentEndsAtTheRoot() {
    inRoot(1, mkdir("d"));
    NfsHarness.Result result =
        inRoot(
            3,
            named(Operation.LOOKUP, "d").i(Operation.LOOKUPP.number(), Operation.LOOKUPP.number()));
    result
        .next(Operation.LOOKUP)
        .next(Operation.LOOKUPP)
        .next(Operation.LOOKUPP, Nfs4Status.NOENT)
        .end();
  }

  @Test
  void savedHandleComesBack() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    NfsHarness.Result result =
        nfs.run(
            5,
            nfs.putFh(file)
                .i(
                    Operation.SAVEFH.number(),
                    Operation.PUTROOTFH.number(),
                    Operation.RESTOREFH.number())
                .raw(getAttr(Attribute.SIZE).bytes()));
    result
        .next(Operation.PUTFH)
        .next(Operation.SAVEFH)
        .next(Operation.PUTROOTFH)
        .next(Operation.RESTOREFH)
        .next(Operation.GETATTR);
    assertEquals(1, result.i());
    assertEquals(1 << Attribute.SIZE, result.i());
    assertEquals(8, result.i());
    assertEquals(7, result.l());
    result.end();
  }

  @Test
  void getattrGivesWhatIsSupportedAndLeavesOutTheRest() {
    NfsHarness.Result result =
        inRoot(1, xdr().i(Operation.GETATTR.number(), 4).i(-1, ~settable(1), ~settable(2), -1));
    result.next(Operation.GETATTR);
    assertEquals(3, result.i());
    assertEquals((int) Attribute.SUPPORTED.low(), result.i());
    assertEquals((int) (Attribute.SUPPORTED.low() >>> 32) & ~settable(1), result.i());
    assertEquals((int) Attribute.SUPPORTED.high() & ~settable(2), result.i());
    result.opaque();
    result.end();
  }

  /** The write-only attributes in word {@code word}. */
  private static int settable(int word) {
    long bits = word < 2 ? Attribute.WRITE_ONLY.low() : Attribute.WRITE_ONLY.high();
    return (int) (bits >>> (word % 2 * 32));
  }

  @Test
  void getattrOfWhatCanOnlyBeSetIsInvalid() {
    inRoot(1, getAttr(Attribute.TIME_MODIFY_SET)).next(Operation.GETATTR, Nfs4Status.INVAL).end();
  }

  @Test
  void emptyOwnerIsInvalid() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    NfsHarness.Result result = nfs.runOn(file, 1, setOwner(""));
    result.next(Operation.PUTFH).next(Operation.SETATTR, Nfs4Status.INVAL);
  }

  @Test
  void unknownAttributesAreLeftOutHoweverFarTheyAre() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    int[] words = new int[32];
    words[0] = 1 << Attribute.SIZE;
    words[31] = -1;
    NfsHarness.Result result =
        nfs.runOn(file, 1, xdr().i(Operation.GETATTR.number(), words.length).i(words));
    result.next(Operation.PUTFH).next(Operation.GETATTR);
    assertEquals(1, result.i());
    assertEquals(1 << Attribute.SIZE, result.i());
    assertEquals(8, result.i());
    assertEquals(7, result.l());
    result.end();
  }

  @Test
  void ownersAreNumbersAsStrings() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    for (String owner : List.of("0", "7", "65534", "4294967295")) {
      nfs.runOn(file, 1, setOwner(owner)).next(Operation.PUTFH).next(Operation.SETATTR);
      NfsHarness.Result result = nfs.runOn(file, 1, getAttr(Attribute.OWNER));
      result.next(Operation.PUTFH).next(Operation.GETATTR).skip(3 * 4);
      result.i();
      assertEquals(owner, new String(result.opaque(), UTF_8));
    }
    for (String owner : List.of("root", "root@domain", "-1", "4294967296", "00000000001")) {
      NfsHarness.Result result = nfs.runOn(file, 1, setOwner(owner));
      result.next(Operation.PUTFH).next(Operation.SETATTR, Nfs4Status.BADOWNER);
      assertEquals(0, result.i());
      result.end();
    }
  }

  private static XdrBytes setAttr(int number, byte[] values) {
    int[] words = new int[number / 32 + 1];
    words[number / 32] = 1 << (number % 32);
    return xdr()
        .i(Operation.SETATTR.number())
        .i(0)
        .l(0)
        .i(0)
        .i(words.length)
        .i(words)
        .opaque(values);
  }

  private static XdrBytes setOwner(String owner) {
    return setAttr(Attribute.OWNER, xdr().string(owner).bytes());
  }

  private void expectSetAttr(Nfs4Status status, XdrBytes setAttr) {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    NfsHarness.Result result = nfs.runOn(file, 1, setAttr);
    result.next(Operation.PUTFH).next(Operation.SETATTR, status);
    if (!status.equals(Nfs4Status.OK)) {
      assertEquals(0, result.i());
      result.end();
    }
  }

  @Test
  void setattrRefusesWhatCannotBeSet() {
    expectSetAttr(Nfs4Status.INVAL, setAttr(Attribute.FILEID, xdr().l(1).bytes()));
    expectSetAttr(Nfs4Status.INVAL, setAttr(Attribute.MODE, xdr().i(010000).bytes()));
    expectSetAttr(Nfs4Status.ATTRNOTSUPP, setAttr(12, xdr().i(0).bytes()));
    expectSetAttr(Nfs4Status.ATTRNOTSUPP, setAttr(200, xdr().i(0).bytes()));
    expectSetAttr(Nfs4Status.ATTRNOTSUPP, setAttr(12, new byte[100_000]));
    expectSetAttr(Nfs4Status.FBIG, setAttr(Attribute.SIZE, xdr().l(-1).bytes()));
    expectSetAttr(
        Nfs4Status.INVAL,
        setAttr(Attribute.TIME_MODIFY_SET, xdr().i(1).l(5).i(1_000_000_000).bytes()));
    expectSetAttr(
        Nfs4Status.INVAL,
        setAttr(Attribute.TIME_MODIFY_SET, xdr().i(1).l(Long.MAX_VALUE).i(0).bytes()));
    expectSetAttr(Nfs4Status.INVAL, setAttr(Attribute.MODE_SET_MASKED, xdr().i(7, 3).bytes()));
  }

  @Test
  void setattrWhoseValuesDoNotFillTheirLengthIsBadXdr() {
    expectSetAttr(Nfs4Status.BADXDR, setAttr(Attribute.MODE, xdr().i(0, 0).bytes()));
    expectSetAttr(Nfs4Status.BADXDR, setAttr(Attribute.MODE, xdr().bytes()));
    expectSetAttr(Nfs4Status.BADXDR, setAttr(Attribute.TIME_MODIFY_SET, xdr().i(2).bytes()));
  }

  @Test
  void timesGoRoundBefore1970Too() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    nfs.runOn(file, 1, setAttr(Attribute.TIME_MODIFY_SET, xdr().i(1).l(-2).i(999_999_999).bytes()))
        .next(Operation.PUTFH)
        .next(Operation.SETATTR);
    NfsHarness.Result result = nfs.runOn(file, 1, getAttr(Attribute.TIME_MODIFY));
    result.next(Operation.PUTFH).next(Operation.GETATTR).skip(4 * 4);
    assertEquals(-2, result.l());
    assertEquals(999_999_999, result.i());
  }

  @Test
  void stateidCountsOnlyForTheSize() {
    nfs.stateidStatus = Nfs4Status.BAD_STATEID;
    expectSetAttr(Nfs4Status.OK, setAttr(Attribute.MODE, xdr().i(0600).bytes()));
    expectSetAttr(Nfs4Status.BAD_STATEID, setAttr(Attribute.SIZE, xdr().l(1).bytes()));
  }

  @Test
  void currentStateidWithoutOneIsBad() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    byte[] current = xdr().i(Operation.READ.number()).i(1).l(0).i(0).l(0).i(10).bytes();
    nfs.runOn(file, 1, xdr().raw(current))
        .next(Operation.PUTFH)
        .next(Operation.READ, Nfs4Status.BAD_STATEID)
        .end();
  }

  @Test
  void specialStateidsReachTheCheck() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    nfs.runOn(file, 1, xdr().raw(read(0, 1)));
    assertEquals(Stateid.ANONYMOUS, nfs.lastStateid);
  }

  @Test
  void verifyComparesAndNverifyContradicts() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[7]);
    XdrBytes same = xdr().i(1, 1 << Attribute.SIZE).opaque(xdr().l(7).bytes());
    XdrBytes other = xdr().i(1, 1 << Attribute.SIZE).opaque(xdr().l(8).bytes());
    int verify = Operation.VERIFY.number();
    int nverify = Operation.NVERIFY.number();
    nfs.runOn(file, 1, xdr().i(verify).raw(same.bytes()))
        .next(Operation.PUTFH)
        .next(Operation.VERIFY)
        .end();
    nfs.runOn(file, 1, xdr().i(verify).raw(other.bytes()))
        .next(Operation.PUTFH)
        .next(Operation.VERIFY, Nfs4Status.NOT_SAME)
        .end();
    nfs.runOn(file, 1, xdr().i(nverify).raw(same.bytes()))
        .next(Operation.PUTFH)
        .next(Operation.NVERIFY, Nfs4Status.SAME)
        .end();
    nfs.runOn(file, 1, xdr().i(nverify).raw(other.bytes()))
        .next(Operation.PUTFH)
        .next(Operation.NVERIFY)
        .end();
    nfs.runOn(file, 1, xdr().i(verify, 1, 1 << 12).opaque(new byte[4]))
        .next(Operation.PUTFH)
        .next(Operation.VERIFY, Nfs4Status.ATTRNOTSUPP)
        .end();
    nfs.runOn(file, 1, xdr().i(verify, 1, 1 << Attribute.RDATTR_ERROR).opaque(new byte[4]))
        .next(Operation.PUTFH)
        .next(Operation.VERIFY, Nfs4Status.INVAL)
        .end();
  }

  @Test
  void createMakesEveryTypeButRegularFiles() {
    int create = Operation.CREATE.number();
    inRoot(1, xdr().i(create, 5).string("target").string("l").i(0, 0)).next(Operation.CREATE);
    inRoot(1, xdr().i(create, 3, 8, 1).string("b").i(0, 0)).next(Operation.CREATE);
    inRoot(1, xdr().i(create, 4, 1, 3).string("c").i(0, 0)).next(Operation.CREATE);
    inRoot(1, xdr().i(create, 6).string("s").i(0, 0)).next(Operation.CREATE);
    inRoot(1, xdr().i(create, 7).string("p").i(0, 0)).next(Operation.CREATE);
    for (int type : new int[] {1, 8, 9, 0, 77}) {
      inRoot(1, xdr().i(create, type).string("x").i(0, 0))
          .next(Operation.CREATE, Nfs4Status.BADTYPE)
          .end();
    }
    inRoot(1, xdr().i(create, 5).string("").string("x").i(0, 0))
        .next(Operation.CREATE, Nfs4Status.INVAL);
    inRoot(1, xdr().i(create, 5).string("t".repeat(4096)).string("x").i(0, 0))
        .next(Operation.CREATE, Nfs4Status.NAMETOOLONG);
    NfsHarness.Result result =
        inRoot(2, named(Operation.LOOKUP, "l").i(Operation.READLINK.number()));
    result.next(Operation.LOOKUP).next(Operation.READLINK);
    assertEquals("target", new String(result.opaque(), UTF_8));
    result.end();
  }

  @Test
  void changeInfoIsAtomicAndRises() {
    NfsHarness.Result result = inRoot(1, mkdir("d")).next(Operation.CREATE);
    assertEquals(1, result.i());
    long before = result.l();
    long after = result.l();
    assertTrue(after > before);
    NfsHarness.Result removed = inRoot(1, named(Operation.REMOVE, "d")).next(Operation.REMOVE);
    assertEquals(1, removed.i());
    assertEquals(after, removed.l());
  }

  @Test
  void renameGoesFromTheSavedDirectoryToTheCurrent() {
    nfs.fileSystem.makeFile("f", new byte[3]);
    inRoot(1, mkdir("d")).next(Operation.CREATE);
    NfsHarness.Result result =
        inRoot(
            3,
            xdr()
                .i(Operation.SAVEFH.number())
                .raw(named(Operation.LOOKUP, "d").bytes())
                .i(Operation.RENAME.number())
                .string("f")
                .string("g"));
    result
        .next(Operation.SAVEFH)
        .next(Operation.LOOKUP)
        .next(Operation.RENAME)
        .skip(2 * (4 + 2 * 8))
        .end();
    inRoot(2, named(Operation.LOOKUP, "d").raw(named(Operation.LOOKUP, "g").bytes()))
        .next(Operation.LOOKUP)
        .next(Operation.LOOKUP)
        .end();
    inRoot(1, xdr().i(Operation.RENAME.number()).string("x").string("y"))
        .next(Operation.RENAME, Nfs4Status.NOFILEHANDLE)
        .end();
  }

  @Test
  void linkGoesFromTheSavedObjectToTheCurrentDirectory() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    NfsHarness.Result result =
        nfs.run(
            4,
            nfs.putFh(file)
                .i(Operation.SAVEFH.number(), Operation.PUTROOTFH.number())
                .raw(named(Operation.LINK, "g").bytes()));
    result
        .next(Operation.PUTFH)
        .next(Operation.SAVEFH)
        .next(Operation.PUTROOTFH)
        .next(Operation.LINK);
    inRoot(1, named(Operation.LOOKUP, "g")).next(Operation.LOOKUP);
  }

  @Test
  void secinfoTellsFlavorsAndUsesUpTheHandle() {
    nfs.fileSystem.makeFile("f", new byte[3]);
    NfsHarness.Result result = inRoot(2, named(Operation.SECINFO, "f").i(Operation.GETFH.number()));
    result.next(Operation.SECINFO);
    assertEquals(2, result.i());
    assertEquals(1, result.i());
    assertEquals(0, result.i());
    result.next(Operation.GETFH, Nfs4Status.NOFILEHANDLE).end();
    inRoot(1, xdr().i(Operation.SECINFO_NO_NAME.number(), 0)).next(Operation.SECINFO_NO_NAME);
    inRoot(1, xdr().i(Operation.SECINFO_NO_NAME.number(), 1))
        .next(Operation.SECINFO_NO_NAME, Nfs4Status.NOENT);
    inRoot(1, xdr().i(Operation.SECINFO_NO_NAME.number(), 2))
        .next(Operation.SECINFO_NO_NAME, Nfs4Status.BADXDR);
  }

  @Test
  void accessTellsWhatWasCheckedAndGranted() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    NfsHarness.Result result = nfs.runOn(file, 1, xdr().i(Operation.ACCESS.number(), 0xffff));
    result.next(Operation.PUTFH).next(Operation.ACCESS);
    assertEquals(0x2d, result.i());
    assertEquals(0x0d, result.i());
    result.end();
  }

  @Test
  void writeAndReadGoRound() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[0]);
    byte[] data = "hello".getBytes(UTF_8);
    NfsHarness.Result written = nfs.runOn(file, 1, write(3, data, 1));
    written.next(Operation.PUTFH).next(Operation.WRITE);
    assertEquals(5, written.i());
    assertEquals(1, written.i());
    assertEquals(0x77, written.l());
    written.end();
    NfsHarness.Result read = nfs.runOn(file, 1, xdr().raw(read(3, 5)));
    read.next(Operation.PUTFH).next(Operation.READ);
    assertEquals(1, read.i());
    assertArrayEquals(data, read.opaque());
    read.end();
  }

  @Test
  void readBehindTheEndIsEmptyWhateverTheOffset() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    for (long offset : new long[] {3, 4, 1L << 40, Long.MAX_VALUE, -1}) {
      NfsHarness.Result result = nfs.runOn(file, 1, xdr().raw(read(offset, 10)));
      result.next(Operation.PUTFH).next(Operation.READ);
      assertEquals(1, result.i());
      assertEquals(0, result.opaque().length);
      result.end();
    }
  }

  @Test
  void writeOfNothingIsOk() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    nfs.runOn(file, 1, write(0, new byte[0], 0)).next(Operation.PUTFH).next(Operation.WRITE);
  }

  @Test
  void writeRefusals() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    nfs.runOn(file, 1, write(-1, new byte[4], 0))
        .next(Operation.PUTFH)
        .next(Operation.WRITE, Nfs4Status.FBIG);
    nfs.runOn(file, 1, write(0, new byte[4], 3))
        .next(Operation.PUTFH)
        .next(Operation.WRITE, Nfs4Status.BADXDR);
    nfs.stateidStatus = Nfs4Status.OPENMODE;
    nfs.runOn(file, 1, write(0, new byte[4], 0))
        .next(Operation.PUTFH)
        .next(Operation.WRITE, Nfs4Status.OPENMODE);
    assertEquals(0, nfs.fileSystem.writeCount());
  }

  @Test
  void commitGivesWritesVerifier() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    int commit = Operation.COMMIT.number();
    NfsHarness.Result result = nfs.runOn(file, 1, xdr().i(commit).l(0).i(0));
    result.next(Operation.PUTFH).next(Operation.COMMIT);
    assertEquals(0x77, result.l());
    result.end();
    nfs.runOn(file, 1, xdr().i(commit).l(-1).i(64))
        .next(Operation.PUTFH)
        .next(Operation.COMMIT, Nfs4Status.INVAL);
    inRoot(1, xdr().i(commit).l(0).i(0)).next(Operation.COMMIT, Nfs4Status.ISDIR).end();
  }

  private static XdrBytes readDir(long cookie, int maxCount, int... attributes) {
    XdrBytes request = xdr().i(Operation.READDIR.number()).l(cookie).l(0).i(maxCount / 2, maxCount);
    byte[] getAttr = getAttr(attributes).bytes();
    return request.raw(Arrays.copyOfRange(getAttr, Integer.BYTES, getAttr.length));
  }

  @Test
  void readdirPagesTellEveryEntryOnceWhateverTheirSize() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      names.add("file-" + i);
      nfs.fileSystem.makeFile("file-" + i, new byte[i]);
    }
    for (int maxCount : new int[] {300, 1000, 4096, 1 << 20}) {
      List<String> seen = new ArrayList<>();
      long cookie = 0;
      boolean ended = false;
      while (!ended) {
        NfsHarness.Result page =
            inRoot(1, readDir(cookie, maxCount, Attribute.FILEHANDLE, Attribute.SIZE));
        page.next(Operation.READDIR);
        int begin = page.rest().position();
        page.l();
        while (page.i() == 1) {
          cookie = page.l();
          assertTrue(cookie >= 3);
          seen.add(new String(page.opaque(), UTF_8));
          page.skip(2 * 4).opaque();
        }
        ended = page.i() == 1;
        assertTrue(page.rest().position() - begin <= maxCount);
        page.end();
      }
      assertEquals(200, seen.size());
      assertEquals(names, new HashSet<>(seen));
    }
  }

  @Test
  void readdirThatHoldsNoEntryIsTooSmall() {
    nfs.fileSystem.makeFile("a-name-of-some-length", new byte[1]);
    inRoot(1, readDir(0, 15)).next(Operation.READDIR, Nfs4Status.TOOSMALL).end();
    inRoot(1, readDir(0, 40)).next(Operation.READDIR, Nfs4Status.TOOSMALL).end();
    inRoot(1, mkdir("d"));
    inRoot(2, named(Operation.LOOKUP, "d").raw(readDir(0, 16).bytes()))
        .next(Operation.LOOKUP)
        .next(Operation.READDIR);
  }

  @Test
  void readdirRefusesReservedCookies() {
    inRoot(1, readDir(1, 4096)).next(Operation.READDIR, Nfs4Status.BAD_COOKIE).end();
    inRoot(1, readDir(2, 4096)).next(Operation.READDIR, Nfs4Status.BAD_COOKIE).end();
  }

  @Test
  void readdirOfAFileIsNoDirectory() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    nfs.runOn(file, 1, readDir(0, 4096))
        .next(Operation.PUTFH)
        .next(Operation.READDIR, Nfs4Status.NOTDIR)
        .end();
  }

  @Test
  void readdirTellsFileidsAndErrorsWithoutLookingAtObjects() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    NfsHarness.Result result =
        inRoot(1, readDir(0, 4096, Attribute.RDATTR_ERROR, Attribute.FILEID));
    result.next(Operation.READDIR).skip(8 + 4 + 8);
    result.opaque();
    assertEquals(1, result.i());
    assertEquals(1 << Attribute.RDATTR_ERROR | 1 << Attribute.FILEID, result.i());
    assertEquals(12, result.i());
    assertEquals(0, result.i());
    assertEquals(file.inode(), result.l());
    assertEquals(0, result.i());
    assertEquals(1, result.i());
    result.end();
  }

  @Test
  void shortArgumentsAreBadXdr() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[3]);
    for (Operation operation :
        List.of(
            Operation.ACCESS,
            Operation.COMMIT,
            Operation.CREATE,
            Operation.GETATTR,
            Operation.LINK,
            Operation.LOOKUP,
            Operation.NVERIFY,
            Operation.PUTFH,
            Operation.READ,
            Operation.READDIR,
            Operation.REMOVE,
            Operation.RENAME,
            Operation.SECINFO,
            Operation.SECINFO_NO_NAME,
            Operation.VERIFY,
            Operation.WRITE)) {
      nfs.runOn(file, 1, xdr().i(operation.number()))
          .next(Operation.PUTFH)
          .next(operation, Nfs4Status.BADXDR)
          .end();
    }
  }
}
