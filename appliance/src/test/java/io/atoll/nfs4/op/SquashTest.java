package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.READ;
import static io.atoll.nfs4.op.Requests.open;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.putRoot;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.Attributes;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.rpc.RpcCredential;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Who a caller is to the file system, whatever it says. */
class SquashTest {
  private static final int ANONYMOUS_UID = 5001;
  private static final int ANONYMOUS_GID = 6001;
  private static final int USER = 1000;
  private static final int GROUP = 100;

  private static Squash squash(Squash.Mode mode) {
    return new Squash(mode, ANONYMOUS_UID, ANONYMOUS_GID);
  }

  private static RpcCredential sys(int uid, int gid, int... groups) {
    return new RpcCredential(RpcCredential.AUTH_SYS, uid, gid, groups);
  }

  private static void is(int uid, int gid, int[] groups, Principal who) {
    assertEquals(uid, who.uid());
    assertEquals(gid, who.gid());
    assertArrayEquals(groups, who.groups());
  }

  private static int[] groups(int... groups) {
    return groups;
  }

  @Test
  void everybodyIsTakenAtTheirWordByDefault() {
    assertEquals(Squash.Mode.NONE, Squash.DEFAULT.mode());
    assertTrue(Squash.DEFAULT.of(sys(0, 0)).isSuperuser());
    is(0, 0, groups(0, 7), squash(Squash.Mode.NONE).of(sys(0, 0, 0, 7)));
    is(USER, 0, groups(7), squash(Squash.Mode.NONE).of(sys(USER, 0, 7)));
  }

  @Test
  void rootAndItsGroupAreSquashedEachByItself() {
    Squash root = squash(Squash.Mode.ROOT);
    is(ANONYMOUS_UID, ANONYMOUS_GID, groups(), root.of(sys(0, 0)));
    is(ANONYMOUS_UID, GROUP, groups(7), root.of(sys(0, GROUP, 7)));
    is(USER, ANONYMOUS_GID, groups(7, ANONYMOUS_GID, 9), root.of(sys(USER, 0, 7, 0, 9)));
    is(USER, GROUP, groups(7, 9), root.of(sys(USER, GROUP, 7, 9)));
  }

  @Test
  void allAreSquashedWithAllTheirGroups() {
    Squash all = squash(Squash.Mode.ALL);
    is(ANONYMOUS_UID, ANONYMOUS_GID, groups(), all.of(sys(USER, GROUP, 7, 9)));
    is(ANONYMOUS_UID, ANONYMOUS_GID, groups(), all.of(sys(0, 0, 0)));
  }

  @Test
  void whoNamesNoUserIsAnonymousInEachMode() {
    for (Squash.Mode mode : Squash.Mode.values()) {
      is(ANONYMOUS_UID, ANONYMOUS_GID, groups(), squash(mode).of(RpcCredential.NONE));
    }
  }

  @Test
  void aCredentialIsNotChangedForOthersWhoHoldIt() {
    RpcCredential credential = sys(0, 0, 0, 7);
    squash(Squash.Mode.ROOT).of(credential);
    assertArrayEquals(groups(0, 7), credential.groups());
  }

  @Test
  void theAnonymousAreNeverTheSuperuser() {
    assertThrows(IllegalArgumentException.class, () -> new Squash(Squash.Mode.ALL, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Squash(Squash.Mode.ALL, 1, 0));
  }

  @Test
  void aSquashedRootHasNoMoreRightsThanAnyoneAndOwnsWhatItMakesAnonymously() {
    StateHarness server = new StateHarness();
    server.mount("before").call(putRoot(), openCreating("secret", READ, 0600, 0)).is(Nfs4Status.OK);
    server.identity = squash(Squash.Mode.ROOT);
    server.restart();
    server.advanceSeconds(StateHarness.GRACE_SECONDS + 1);
    StateHarness.Client client = server.mount("after");
    client.call(putRoot(), open("secret", READ, 0)).is(Nfs4Status.ACCESS);
    client.call(putRoot(), openCreating("file", READ, 0600, 0)).is(Nfs4Status.OK);
    assertEquals(ANONYMOUS_UID, lookup(server, "file").uid());
  }

  private static Attributes lookup(StateHarness server, String name) {
    Attributes[] found = new Attributes[1];
    server.files.lookup(
        new FsCall(Principal.ROOT),
        server.files.root(),
        name.getBytes(StandardCharsets.UTF_8),
        (status, attributes) -> {
          assertEquals(FsStatus.OK, status);
          found[0] = attributes;
        });
    return found[0];
  }
}
