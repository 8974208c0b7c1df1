package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.api.efs.AwsCli;
import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.process.AtollProcess;
import io.atoll.xdr.XdrBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hostile client of the real program: whatever it sends, it stays in its access point. */
@EitherIo
class AccessPointEscapeIT {
  private static final Pattern ADDRESS = Pattern.compile("\\b127\\.64\\.\\d+\\.\\d+\\b");
  private static final int DIRECTORY = 2;
  private static final int SYMLINK = 5;
  private static final int RANDOM_HANDLES = 300;
  private static final int MAX_HANDLE_BYTES = 128;

  @TempDir private Path directory;
  private AtollProcess node;
  private AwsCli aws;
  private String one;
  private String other;
  private String targetId;

  /** Sees the whole file system. */
  private SocketClient whole;

  /** Came by a mount target of {@link #one}. */
  private SocketClient inside;

  private byte[] root;
  private byte[] ofOne;
  private byte[] ofOther;
  private byte[] secret;

  @BeforeEach
  void serve() throws Exception {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
    int port = freePort();
    node =
        AtollProcess.start(
            "serve",
            "--data=" + directory.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--lease-seconds=5",
            "--mount-target-port=" + port);
    node.awaitReady();
    String[] key = AtollProcess.field(node.output(), "access key").split(" ", -1);
    aws = new AwsCli(directory, AtollProcess.field(node.output(), "EFS API"), key[0], key[1]);
    one = accessPoint("/one", 1001);
    other = accessPoint("/other", 1002);
    String made = atoll(ExitCode.OK, "mount-target", "create", one);
    targetId = made.substring(0, made.indexOf(' '));
    Matcher address = ADDRESS.matcher(made);
    assertTrue(address.find(), made);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    whole = client("whole", new InetSocketAddress(loopback, node.nfsPort()));
    inside = client("inside", new InetSocketAddress(InetAddress.ofLiteral(address.group()), port));
    root = handle(whole, putRoot());
    ofOne = handle(whole, putRoot(), lookup(one));
    ofOther = handle(whole, putRoot(), lookup(other));
    ok(whole, putRoot(), mkdir("secret"));
    secret = handle(whole, putRoot(), lookup("secret"));
    ok(inside, putRoot(), mkdir("sub"));
    ok(inside, putRoot(), symlink("up", "../secret"));
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      whole.close();
      inside.close();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      node.close();
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String accessPoint(String path, int user) throws Exception {
    String id = aws.ok("efs", "describe-file-systems").at("/FileSystems/0/FileSystemId").asText();
    String creation =
        ",CreationInfo={OwnerUid=%d,OwnerGid=%d,Permissions=0755}".formatted(user, user);
    return aws.ok(
            "efs",
            "create-access-point",
            "--file-system-id",
            id,
            "--client-token",
            path,
            "--posix-user",
            "Uid=%d,Gid=%d".formatted(user, user),
            "--root-directory",
            "Path=" + path + creation)
        .get("AccessPointId")
        .asText();
  }

  private String atoll(int expected, String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(2, "--data=" + directory.resolve("data"));
    try (AtollProcess process = AtollProcess.start(command.toArray(String[]::new))) {
      assertEquals(expected, process.awaitExit(), process.output());
      return process.output();
    }
  }

  private static SocketClient client(String owner, InetSocketAddress address) throws Exception {
    SocketClient client = new SocketClient(owner).connect(address);
    client.newSession();
    client.reclaimComplete();
    return client;
  }

  private static XdrBytes mkdir(String name) {
    return op(Operation.CREATE)
        .i(DIRECTORY)
        .string(name)
        .i(2, 0, 1 << (Attribute.MODE - Integer.SIZE), Integer.BYTES, 0755);
  }

  private static XdrBytes symlink(String name, String target) {
    return op(Operation.CREATE).i(SYMLINK).string(target).string(name).i(0, 0);
  }

  private static XdrBytes putFh(byte[] handle) {
    return op(Operation.PUTFH).opaque(handle);
  }

  /** Passes over operations whose results have no body. */
  private static Reply past(Reply reply, XdrBytes... operations) {
    for (XdrBytes operation : operations) {
      int number = ByteBuffer.wrap(operation.bytes()).getInt();
      reply.ok(
          Stream.of(Operation.values())
              .filter(each -> each.number() == number)
              .findFirst()
              .orElseThrow());
    }
    return reply;
  }

  private static XdrBytes[] with(XdrBytes last, XdrBytes... operations) {
    XdrBytes[] all = Arrays.copyOf(operations, operations.length + 1);
    all[operations.length] = last;
    return all;
  }

  /** The handle that the operations lead to. */
  private static byte[] handle(SocketClient client, XdrBytes... operations) throws Exception {
    Reply reply = client.compound(with(op(Operation.GETFH), operations)).is(Nfs4Status.OK);
    return past(reply, operations).ok(Operation.GETFH).opaque();
  }

  private static void ok(SocketClient client, XdrBytes... operations) throws Exception {
    client.compound(operations).is(Nfs4Status.OK);
  }

  private static Nfs4Status status(SocketClient client, XdrBytes... operations) throws Exception {
    int code = client.compound(operations).status();
    for (Nfs4Status status : Nfs4Status.values()) {
      if (status.code() == code) {
        return status;
      }
    }
    throw new AssertionError("status " + code);
  }

  private static String owner(SocketClient client, XdrBytes... operations) throws Exception {
    XdrBytes getOwner = op(Operation.GETATTR).i(2, 0, 1 << (Attribute.OWNER - Integer.SIZE));
    Reply reply = client.compound(with(getOwner, operations)).is(Nfs4Status.OK);
    past(reply, operations).ok(Operation.GETATTR);
    reply.skip(reply.i() * Integer.BYTES).i();
    return new String(reply.opaque(), StandardCharsets.US_ASCII);
  }

  @Test
  void noNameLeadsOut() throws Exception {
    assertArrayEquals(ofOne, handle(inside, putRoot()));
    for (String name : List.of("..", ".", "")) {
      assertNotEquals(Nfs4Status.OK, status(inside, putRoot(), lookup(name)), name);
    }
    for (String name :
        List.of("../secret", "/secret", "sub/../../secret", one, other, "secret", "one")) {
      assertNotEquals(Nfs4Status.OK, status(inside, putRoot(), lookup(name)), name);
    }
    assertEquals(Nfs4Status.NOENT, status(inside, putRoot(), op(Operation.LOOKUPP)));
    assertEquals(
        Nfs4Status.NOENT,
        status(inside, putRoot(), lookup("sub"), op(Operation.LOOKUPP), op(Operation.LOOKUPP)));
    assertEquals(Nfs4Status.SYMLINK, status(inside, putRoot(), lookup("up"), lookup("anything")));
    assertNotEquals(
        Nfs4Status.OK, status(inside, putRoot(), Requests.openCreating("../x", 3, 0644, -1)));
    assertNotEquals(
        Nfs4Status.OK, status(inside, putRoot(), op(Operation.REMOVE).string("../secret")));
    assertNotEquals(
        Nfs4Status.OK,
        status(
            inside,
            putRoot(),
            op(Operation.SAVEFH),
            op(Operation.RENAME).string("sub").string("../sub")));
    ok(whole, putRoot(), lookup("secret"));
  }

  @Test
  void noHandleLeadsOut() throws Exception {
    for (byte[] foreign : List.of(root, ofOther, secret)) {
      assertEquals(Nfs4Status.BADHANDLE, status(inside, putFh(foreign)));
    }
    for (int bit = 0; bit < ofOne.length * Byte.SIZE; bit++) {
      byte[] forged = ofOne.clone();
      forged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      assertNotEquals(Nfs4Status.OK, status(inside, putFh(forged)), "bit " + bit);
    }
    // Parts of handles that are good elsewhere, in one of its own.
    for (byte[] foreign : List.of(root, ofOther, secret)) {
      for (int from = 0; from < Math.min(foreign.length, ofOne.length); from++) {
        for (int to = from + 1; to <= Math.min(foreign.length, ofOne.length); to += 4) {
          byte[] spliced = ofOne.clone();
          System.arraycopy(foreign, from, spliced, from, to - from);
          if (!Arrays.equals(spliced, ofOne)) {
            assertNotEquals(Nfs4Status.OK, status(inside, putFh(spliced)), from + " to " + to);
          }
        }
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < RANDOM_HANDLES; i++) {
      byte[] made = new byte[random.nextInt(MAX_HANDLE_BYTES + 1)];
      random.nextBytes(made);
      assertNotEquals(Nfs4Status.OK, status(inside, putFh(made)));
    }
    ok(inside, putFh(ofOne));
  }

  @Test
  void directoryThatWasMovedOutHasNoWayUp() throws Exception {
    byte[] sub = handle(inside, putRoot(), lookup("sub"));
    ok(
        whole,
        putRoot(),
        lookup("one"),
        op(Operation.SAVEFH),
        putRoot(),
        op(Operation.RENAME).string("sub").string("moved"));
    assertEquals(Nfs4Status.NOENT, status(inside, putFh(sub), op(Operation.LOOKUPP)));
    assertEquals(Nfs4Status.NOENT, status(inside, putRoot(), lookup("sub")));
  }

  @Test
  void savedHandlesKeepTheirViewAndWhoOneIsInIt() throws Exception {
    assertEquals(
        Nfs4Status.XDEV,
        status(
            whole,
            putFh(ofOne),
            op(Operation.SAVEFH),
            putFh(ofOther),
            op(Operation.RENAME).string("sub").string("sub")));
    assertEquals(
        Nfs4Status.XDEV,
        status(
            whole,
            putFh(ofOne),
            lookup("up"),
            op(Operation.SAVEFH),
            putFh(root),
            op(Operation.LINK).string("linked")));
    assertEquals(
        Nfs4Status.BADHANDLE,
        status(inside, putRoot(), op(Operation.SAVEFH), putFh(secret), op(Operation.RESTOREFH)));
    ok(
        whole,
        putFh(ofOne),
        op(Operation.SAVEFH),
        putFh(root),
        op(Operation.RESTOREFH),
        mkdir("of-one"));
    assertEquals("1001", owner(whole, putFh(ofOne), lookup("of-one")));
    ok(
        whole,
        putFh(root),
        op(Operation.SAVEFH),
        putFh(ofOne),
        op(Operation.RESTOREFH),
        mkdir("of-root"));
    assertEquals("0", owner(whole, putRoot(), lookup("of-root")));
  }

  @Test
  void mountTargetGoesBeforeItsAccessPoint() throws Exception {
    String[] delete = {"efs", "delete-access-point", "--access-point-id", one};
    AwsCli.Told refused = aws.run(delete);
    assertTrue(refused.output().contains(targetId), refused.output());
    assertTrue(atoll(ExitCode.OK, "mount-target", "list").contains(one));
    String id = aws.ok("efs", "describe-file-systems").at("/FileSystems/0/FileSystemId").asText();
    assertEquals(
        0,
        aws.ok("efs", "describe-mount-targets", "--file-system-id", id).get("MountTargets").size());
    atoll(ExitCode.OK, "mount-target", "delete", targetId);
    while (!atoll(ExitCode.OK, "mount-target", "list").isBlank()) {
      Thread.onSpinWait();
    }
    aws.ok(delete);
  }
}
