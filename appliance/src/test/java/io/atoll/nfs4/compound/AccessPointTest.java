package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.fs.FileHandle;
import io.atoll.fs.Principal;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.op.AccessPoint;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.xdr.XdrBytes;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Access points in whole compounds of a client that calls itself user 0. */
class AccessPointTest {
  private static final String ID = "fsap-0123456789abcdef0";
  private static final String OTHER_ID = "fsap-00000000000000077";
  private static final Principal ENFORCED = new Principal(1001, 1002, new int[] {1003});
  private static final AccessPoint.Creation CREATION = new AccessPoint.Creation(1001, 1005, 0750);

  private final NfsHarness nfs = new NfsHarness(Completions.immediate());

  @AfterEach
  void nothingLeaks() {
    nfs.close();
  }

  private static AccessPoint accessPoint(
      String id, Principal identity, AccessPoint.Creation creation, String... path) {
    List<byte[]> names = Arrays.stream(path).map(name -> name.getBytes(UTF_8)).toList();
    return new AccessPoint(id, identity, names, creation);
  }

  private void add(AccessPoint accessPoint) {
    nfs.export.accessPoints().add(accessPoint);
  }

  private static XdrBytes lookup(String name) {
    return xdr().i(Operation.LOOKUP.number()).string(name);
  }

  private static XdrBytes mkdir(String name) {
    return xdr().i(Operation.CREATE.number(), 2).string(name).i(0, 0);
  }

  private static XdrBytes getFh() {
    return xdr().i(Operation.GETFH.number());
  }

  private static XdrBytes with(Operation operation) {
    return xdr().i(operation.number());
  }

  private NfsHarness.Result inRoot(int count, XdrBytes... operations) {
    XdrBytes all = nfs.putRootFh();
    for (XdrBytes operation : operations) {
      all.raw(operation.bytes());
    }
    return nfs.run(count + 1, all).next(Operation.PUTROOTFH);
  }

  private NfsHarness.Result on(byte[] handle, int count, XdrBytes... operations) {
    XdrBytes all = with(Operation.PUTFH).opaque(handle);
    for (XdrBytes operation : operations) {
      all.raw(operation.bytes());
    }
    return nfs.run(count + 1, all).next(Operation.PUTFH);
  }

  /** The handle of what {@code names} lead to from the root. */
  private byte[] handleOf(String... names) {
    XdrBytes all = nfs.putRootFh();
    for (String name : names) {
      all.raw(lookup(name).bytes());
    }
    NfsHarness.Result result = nfs.run(names.length + 2, all.raw(getFh().bytes()));
    result.next(Operation.PUTROOTFH);
    for (int i = 0; i < names.length; i++) {
      result.next(Operation.LOOKUP);
    }
    return result.next(Operation.GETFH).opaque();
  }

  /** The value of one attribute of 64 bits, or the first half of one of 128. */
  private long attribute(byte[] handle, int number) {
    return attributes(handle, number).l();
  }

  private String owner(byte[] handle, int number) {
    return new String(attributes(handle, number).opaque(), UTF_8);
  }

  private NfsHarness.Result attributes(byte[] handle, int number) {
    int[] words = new int[2];
    words[number / 32] = 1 << (number % 32);
    NfsHarness.Result result =
        on(handle, 1, xdr().i(Operation.GETATTR.number(), 2).i(words)).next(Operation.GETATTR);
    int wordsGiven = result.i();
    return result.skip((wordsGiven + 1) * Integer.BYTES);
  }

  @Test
  void idInTheRootLeadsIntoTheDirectoryWhichIsAFileSystemOfItsOwn() {
    inRoot(1, mkdir("d")).next(Operation.CREATE);
    add(accessPoint(ID, null, null, "d"));

    byte[] inside = handleOf(ID);
    byte[] outside = handleOf("d");

    assertEquals(FileHandleCodec.ACCESS_POINT_HANDLE_BYTES, inside.length);
    assertEquals(attribute(outside, Attribute.FILEID), attribute(inside, Attribute.FILEID));
    NfsHarness.Result fsid = attributes(inside, Attribute.FSID);
    NfsHarness.Result fsidOutside = attributes(outside, Attribute.FSID);
    assertEquals(fsidOutside.l(), fsid.l());
    assertNotEquals(fsidOutside.l(), fsid.l());
  }

  @Test
  void idIsANameInTheRootOnlyAndOnlyWhileItIsThere() {
    inRoot(1, mkdir("d")).next(Operation.CREATE);
    AccessPoint accessPoint = accessPoint(ID, null, null, "d");
    inRoot(1, lookup(ID)).next(Operation.LOOKUP, Nfs4Status.NOENT);
    add(accessPoint);
    inRoot(2, lookup("d"), lookup(ID))
        .next(Operation.LOOKUP)
        .next(Operation.LOOKUP, Nfs4Status.NOENT);
    inRoot(2, lookup(ID), lookup(ID))
        .next(Operation.LOOKUP)
        .next(Operation.LOOKUP, Nfs4Status.NOENT);
    inRoot(1, lookup(OTHER_ID)).next(Operation.LOOKUP, Nfs4Status.NOENT);
    // Of the same key, and yet another's.
    inRoot(1, lookup(ID.substring(0, ID.length() - 1) + "1"))
        .next(Operation.LOOKUP, Nfs4Status.NOENT);
    nfs.export.accessPoints().remove(accessPoint);
    inRoot(1, lookup(ID)).next(Operation.LOOKUP, Nfs4Status.NOENT);
  }

  @Test
  void directoryThatIsNotThereIsMadeAtTheMountAsItIsSaid() {
    add(accessPoint(ID, ENFORCED, CREATION, "home", "app"));
    inRoot(1, lookup("home")).next(Operation.LOOKUP, Nfs4Status.NOENT);

    handleOf(ID);

    byte[] made = handleOf("home", "app");
    assertEquals("1001", owner(made, Attribute.OWNER));
    assertEquals("1005", owner(made, Attribute.OWNER_GROUP));
    assertEquals(0750, attributes(made, Attribute.MODE).i());
    byte[] above = handleOf("home");
    assertEquals("0", owner(above, Attribute.OWNER));
    assertEquals(0755, attributes(above, Attribute.MODE).i());
  }

  @Test
  void directoryThatWasRemovedIsMadeAgainByTheNextMount() {
    add(accessPoint(ID, null, CREATION, "app"));
    byte[] first = handleOf(ID);
    inRoot(1, with(Operation.REMOVE).string("app")).next(Operation.REMOVE);
    byte[] second = handleOf(ID);
    on(first, 1, with(Operation.ACCESS).i(1)).next(Operation.ACCESS, Nfs4Status.STALE);
    on(second, 1, with(Operation.ACCESS).i(1)).next(Operation.ACCESS);
  }

  @Test
  void directoryThatIsThereIsTakenAsItIs() {
    inRoot(1, mkdir("app")).next(Operation.CREATE);
    byte[] before = handleOf("app");
    int mode = attributes(before, Attribute.MODE).i();
    add(accessPoint(ID, ENFORCED, CREATION, "app"));
    handleOf(ID);
    assertEquals(mode, attributes(before, Attribute.MODE).i());
    assertEquals("0", owner(before, Attribute.OWNER));
  }

  @Test
  void withoutAWordOfItsMakingAMountOfWhatIsNotThereFails() {
    add(accessPoint(ID, null, null, "app"));
    inRoot(1, lookup(ID)).next(Operation.LOOKUP, Nfs4Status.NOENT);
    inRoot(1, lookup("app")).next(Operation.LOOKUP, Nfs4Status.NOENT);
  }

  @Test
  void pathThroughWhatIsNoDirectoryIsRefused() {
    nfs.fileSystem.makeFile("f", new byte[1]);
    add(accessPoint(ID, null, CREATION, "f", "d"));
    inRoot(1, lookup(ID)).next(Operation.LOOKUP, Nfs4Status.NOTDIR);
  }

  @Test
  void enforcedIdentityTakesTheCallersPlace() {
    add(accessPoint(ID, ENFORCED, CREATION, "app"));
    byte[] inside = handleOf(ID);
    on(inside, 1, mkdir("mine")).next(Operation.CREATE);
    byte[] mine = handleOf("app", "mine");
    assertEquals("1001", owner(mine, Attribute.OWNER));
    assertEquals("1002", owner(mine, Attribute.OWNER_GROUP));

    // User 0 may everything; who he is inside may not.
    inRoot(1, mkdir("closed")).next(Operation.CREATE);
    add(accessPoint(OTHER_ID, ENFORCED, null, "closed"));
    byte[] closed = handleOf(OTHER_ID);
    on(closed, 1, mkdir("x")).next(Operation.CREATE, Nfs4Status.ACCESS);
    on(handleOf("closed"), 1, mkdir("x")).next(Operation.CREATE);
  }

  @Test
  void identityGoesWithTheHandleWithinACompound() {
    add(accessPoint(ID, ENFORCED, CREATION, "app"));
    byte[] inside = handleOf(ID);
    // Inside as the enforced user, saved, outside as user 0, and inside again.
    XdrBytes all =
        with(Operation.PUTFH)
            .opaque(inside)
            .raw(mkdir("a").bytes())
            .raw(with(Operation.PUTFH).opaque(inside).bytes())
            .i(Operation.SAVEFH.number(), Operation.PUTROOTFH.number())
            .raw(mkdir("b").bytes())
            .i(Operation.RESTOREFH.number())
            .raw(mkdir("c").bytes());
    NfsHarness.Result result = nfs.run(8, all);
    assertEquals(0, result.status());
    assertEquals("1001", owner(handleOf("app", "a"), Attribute.OWNER));
    assertEquals("0", owner(handleOf("b"), Attribute.OWNER));
    assertEquals("1001", owner(handleOf("app", "c"), Attribute.OWNER));
  }

  @Test
  void nobodyGetsAboveTheDirectory() {
    add(accessPoint(ID, null, CREATION, "home", "app"));
    byte[] inside = handleOf(ID);
    on(inside, 1, with(Operation.LOOKUPP)).next(Operation.LOOKUPP, Nfs4Status.NOENT);
    on(inside, 1, mkdir("a")).next(Operation.CREATE);
    NfsHarness.Result result =
        on(inside, 3, lookup("a"), with(Operation.LOOKUPP), with(Operation.LOOKUPP));
    result.next(Operation.LOOKUP).next(Operation.LOOKUPP).next(Operation.LOOKUPP, Nfs4Status.NOENT);
    on(inside, 1, with(Operation.SECINFO_NO_NAME).i(1))
        .next(Operation.SECINFO_NO_NAME, Nfs4Status.NOENT);
  }

  @Test
  void whatWasMovedOutHasNoParentForWhoCameByTheAccessPoint() {
    add(accessPoint(ID, null, CREATION, "home", "app"));
    byte[] inside = handleOf(ID);
    on(inside, 3, mkdir("a"), mkdir("b"), getFh());
    byte[] deep =
        on(inside, 3, lookup("a"), lookup("b"), getFh())
            .next(Operation.LOOKUP)
            .next(Operation.LOOKUP)
            .next(Operation.GETFH)
            .opaque();
    on(deep, 1, with(Operation.LOOKUPP)).next(Operation.LOOKUPP);

    // From outside, home/app/a becomes a; then home/app itself elsewhere.
    XdrBytes move =
        with(Operation.PUTFH)
            .opaque(handleOf("home", "app"))
            .i(Operation.SAVEFH.number(), Operation.PUTROOTFH.number(), Operation.RENAME.number())
            .string("a")
            .string("a");
    assertEquals(0, nfs.run(4, move).status());
    on(deep, 1, with(Operation.LOOKUPP)).next(Operation.LOOKUPP, Nfs4Status.NOENT);
  }

  @Test
  void directoryThatWasMovedAwayIsNoWayUp() {
    add(accessPoint(ID, null, CREATION, "app"));
    byte[] inside = handleOf(ID);
    on(inside, 2, mkdir("a"), getFh());
    XdrBytes move =
        nfs.putRootFh()
            .i(Operation.SAVEFH.number(), Operation.RENAME.number())
            .string("app")
            .string("away");
    assertEquals(0, nfs.run(3, move).status());
    on(inside, 1, with(Operation.LOOKUPP)).next(Operation.LOOKUPP, Nfs4Status.NOENT);
  }

  @Test
  void namesDoNotGoFromOneViewIntoAnother() {
    add(accessPoint(ID, null, CREATION, "app"));
    byte[] inside = handleOf(ID);
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[1]);
    XdrBytes rename =
        with(Operation.PUTFH)
            .opaque(inside)
            .i(Operation.SAVEFH.number(), Operation.PUTROOTFH.number(), Operation.RENAME.number())
            .string("x")
            .string("y");
    nfs.run(4, rename)
        .next(Operation.PUTFH)
        .next(Operation.SAVEFH)
        .next(Operation.PUTROOTFH)
        .next(Operation.RENAME, Nfs4Status.XDEV);
    XdrBytes link =
        nfs.putFh(file)
            .i(Operation.SAVEFH.number(), Operation.PUTFH.number())
            .opaque(inside)
            .i(Operation.LINK.number())
            .string("l");
    nfs.run(4, link)
        .next(Operation.PUTFH)
        .next(Operation.SAVEFH)
        .next(Operation.PUTFH)
        .next(Operation.LINK, Nfs4Status.XDEV);
  }

  @Test
  void handleOfAnAccessPointThatNeverWasIsStale() {
    byte[] handle = nfs.handle(nfs.fileSystem.root(), 42);
    nfs.run(1, with(Operation.PUTFH).raw(handle)).next(Operation.PUTFH, Nfs4Status.STALE);
  }

  @Test
  void removedAccessPointGoesOnForConnectionsThatWereThere() {
    AccessPoint accessPoint = accessPoint(ID, null, CREATION, "app");
    add(accessPoint);
    byte[] inside = handleOf(ID);
    on(inside, 1, mkdir("before")).next(Operation.CREATE);
    nfs.export.accessPoints().remove(accessPoint);
    on(inside, 1, mkdir("after")).next(Operation.CREATE);
  }

  @Test
  void idsThatAreNoneOrOfOneKeyAreNotTaken() {
    for (String bad : List.of("fsap-1", "fsap-0123456789ABCDEF0", "fs-0123456789abcdef0")) {
      assertThrows(IllegalArgumentException.class, () -> accessPoint(bad, null, null));
    }
    add(accessPoint(ID, null, null));
    assertThrows(
        IllegalStateException.class, () -> add(accessPoint("fsap-0123456789abcdef7", null, null)));
  }

  @Test
  void whoComesByItsOwnEntranceSeesNothingElse() {
    add(accessPoint(ID, ENFORCED, CREATION, "app"));
    add(accessPoint(OTHER_ID, null, CREATION, "other"));
    byte[] inside = handleOf(ID);
    byte[] outside = handleOf("app");
    byte[] other = handleOf(OTHER_ID);

    nfs.connection.cameBy(ID);
    assertArrayEquals(inside, handleOf());
    for (byte[] foreign : List.of(outside, other)) {
      nfs.run(1, with(Operation.PUTFH).opaque(foreign)).next(Operation.PUTFH, Nfs4Status.BADHANDLE);
    }
    inRoot(1, with(Operation.LOOKUPP)).next(Operation.LOOKUPP, Nfs4Status.NOENT);
    inRoot(1, lookup(OTHER_ID)).next(Operation.LOOKUP, Nfs4Status.NOENT);
    inRoot(1, mkdir("mine")).next(Operation.CREATE);
    assertEquals("1001", owner(handleOf("mine"), Attribute.OWNER));
  }
}
