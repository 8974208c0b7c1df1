package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.op.ServerModel.Node;
import io.atoll.nfs4.op.ServerModel.Open;
import io.atoll.nfs4.op.ServerModel.Owner;
import io.atoll.nfs4.op.ServerModel.State;
import io.atoll.nfs4.plain.Nfs4Types;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The whole server against a model of it, over random compounds of several clients: with good, old,
 * foreign, closed and made-up stateids, with good, stale and forged filehandles, on the same few
 * names and bytes. Each status and each result is compared. {@code -Datoll.compounds.seeds} for
 * more; the seed is in the message of what fails.
 */
class RandomCompoundsTest {
  private static final int SEEDS = Integer.getInteger("atoll.compounds.seeds", 60);
  private static final int COMPOUNDS = 250;
  private static final int CLIENTS = 3;
  private static final int MAX_PARTS = 2;
  private static final String[] NAMES = {"a", "b", "c", "d", "sub"};
  private static final String[] OWNERS = {"o", "p"};
  private static final int WRITE_LT = 2;
  private static final int READ_LT = 1;

  private StateHarness server;
  private ServerModel model;
  private StateHarness.Client[] clients;
  private SplittableRandom random;

  /** Files that there have been, and stateids. */
  private final List<Node> known = new ArrayList<>();

  private final List<Stateid> stateids = new ArrayList<>();

  // --- the compound in the making ---

  private int client;
  private XdrBytes[] operations;
  private final List<XdrBytes> parts = new ArrayList<>();
  private final List<Expected> expected = new ArrayList<>();

  /** A result that must come, and what is to be learnt from it or held against it if it is OK. */
  private record Expected(Operation operation, Nfs4Status status, Consumer<Object> body) {}

  private boolean fails() {
    return !expected.isEmpty() && !expected.getLast().status.isOk();
  }

  private void then(XdrBytes bytes, Operation operation, Nfs4Status status) {
    then(bytes, operation, status, body -> {});
  }

  private void then(XdrBytes bytes, Operation operation, Nfs4Status status, Consumer<Object> body) {
    parts.add(bytes);
    expected.add(new Expected(operation, status, body));
  }

  @Test
  void eachAnswerIsTheModels() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        history(seed);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private void history(long seed) {
    random = new SplittableRandom(seed);
    server = new StateHarness();
    model = new ServerModel();
    known.clear();
    stateids.clear();
    clients = new StateHarness.Client[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] = server.mount("client-" + i);
    }
    for (int i = 0; i < COMPOUNDS; i++) {
      compound();
    }
  }

  private void compound() {
    client = random.nextInt(CLIENTS);
    parts.clear();
    expected.clear();
    boolean learns = false;
    for (int i = 0; i <= random.nextInt(MAX_PARTS) && !learns && !fails(); i++) {
      learns = part();
    }
    operations = parts.toArray(XdrBytes[]::new);
    check(clients[client].connection.call(clients[client].prepare(true, operations)));
  }

  private void check(byte[] reply) {
    ByteBuffer in = ByteBuffer.wrap(reply);
    in.position(6 * Integer.BYTES);
    int status = in.getInt();
    in.getInt();
    int results = in.getInt();
    String asked = "status " + status + " of client " + client + ", which was to be " + expected;
    assertEquals(expected.size() + 1, results, asked);
    assertEquals(Operation.SEQUENCE.number(), in.getInt());
    Nfs4Types.result(Operation.SEQUENCE, 1).decode(in);
    for (Expected each : expected) {
      String what = each + " of client " + client + " in " + expected;
      assertEquals(each.operation.number(), in.getInt(), what);
      List<?> result = (List<?>) Nfs4Types.result(each.operation, 1).decode(in);
      assertEquals(each.status.code(), result.get(0), what);
      if (each.status.isOk()) {
        each.body.accept(result.get(1));
      }
    }
    assertEquals(0, in.remaining());
    assertEquals(expected.getLast().status.code(), status);
  }

  // --- what compounds are made of ---

  /** Adds some operations, and whether they teach what others may need. */
  private boolean part() {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> open();
      case 3 -> close();
      case 4 -> read();
      case 5, 6 -> write();
      case 7 -> lock();
      case 8 -> unlock();
      case 9 -> testLock();
      case 10 -> remove();
      case 11 -> rename();
      case 12 -> random.nextBoolean() ? link() : makeDirectory();
      default -> random.nextBoolean() ? look() : list();
    };
  }

  private String name() {
    return NAMES[random.nextInt(NAMES.length)];
  }

  private Owner owner() {
    return new Owner(client, OWNERS[random.nextInt(OWNERS.length)]);
  }

  /** Goes to the root or the directory below it, if it is there. */
  private Node directory() {
    then(putRoot(), Operation.PUTROOTFH, Nfs4Status.OK);
    Node sub = model.root.names.get("sub");
    if (sub == null || !sub.directory || random.nextBoolean()) {
      return model.root;
    }
    then(Requests.lookup("sub"), Operation.LOOKUP, Nfs4Status.OK);
    return sub;
  }

  /** Goes to some file by its handle; null if the handle is forged, which ends the compound. */
  private Node file() {
    if (known.isEmpty()) {
      then(op(Operation.PUTFH).opaque(new byte[40]), Operation.PUTFH, Nfs4Status.BADHANDLE);
      return null;
    }
    Node file = known.get(random.nextInt(known.size()));
    byte[] handle = file.handle.clone();
    if (random.nextInt(12) == 0) {
      handle[random.nextInt(handle.length)] ^= (byte) (1 << random.nextInt(8));
      then(op(Operation.PUTFH).opaque(handle), Operation.PUTFH, Nfs4Status.BADHANDLE);
      return null;
    }
    then(op(Operation.PUTFH).opaque(handle), Operation.PUTFH, Nfs4Status.OK);
    return file;
  }

  /** Good for {@code file} mostly; else old, foreign, closed, of another file, or made up. */
  private Stateid stateidFor(Node file) {
    List<State> fitting = new ArrayList<>();
    model.opens.forEach(fitting::add);
    model.locks.forEach(fitting::add);
    fitting.removeIf(state -> state.file != file || state.owner.client() != client);
    if (!fitting.isEmpty() && random.nextInt(4) != 0) {
      Stateid stateid = fitting.get(random.nextInt(fitting.size())).stateid;
      return random.nextBoolean() ? stateid : stateid.withSeqid(0);
    }
    if (stateids.isEmpty() || random.nextInt(5) == 0) {
      return new Stateid(1, random.nextLong(), random.nextInt());
    }
    Stateid any = stateids.get(random.nextInt(stateids.size()));
    return random.nextInt(4) == 0 ? any.withSeqid(any.seqid() + 1) : any;
  }

  private static Stateid read(Object value) {
    List<?> fields = (List<?>) value;
    ByteBuffer other = (ByteBuffer) fields.get(1);
    return new Stateid((Integer) fields.get(0), other.getLong(0), other.getInt(8));
  }

  private void learnt(State state, Object stateidValue) {
    Stateid now = read(stateidValue);
    assertEquals(
        state.stateid == null
            ? now.withSeqid(1)
            : state.stateid.withSeqid(state.stateid.seqid() + 1),
        now,
        "the stateid's next");
    state.stateid = now;
    stateids.add(now);
  }

  private boolean open() {
    Node directory = directory();
    String name = name();
    Owner owner = owner();
    int access = 1 + random.nextInt(3);
    int deny = random.nextInt(5) == 0 ? random.nextInt(4) : 0;
    int how = random.nextInt(3); // as it is, UNCHECKED4, GUARDED4
    Node file = directory.names.get(name);
    if (file != null && file.directory) {
      how = 0;
    }
    XdrBytes open = Requests.openShare(access, deny, owner.name());
    if (how == 0) {
      open.i(0);
    } else {
      open.i(1, how - 1, 0, 0);
    }
    open.i(0).string(name);
    Nfs4Status status = Nfs4Status.OK;
    if (file == null && how == 0) {
      status = Nfs4Status.NOENT;
    } else if (file != null && how == 2) {
      status = Nfs4Status.EXIST;
    } else if (file != null && file.directory) {
      status = Nfs4Status.ISDIR;
    } else if (file != null) {
      status = model.canOpen(file, access, deny);
    }
    if (!status.isOk()) {
      then(open, Operation.OPEN, status);
      return false;
    }
    Node opened = file == null ? new Node(false) : file;
    directory.names.put(name, opened);
    Open state = model.open(owner, opened, access, deny);
    then(open, Operation.OPEN, status, body -> learnt(state, ((List<?>) body).get(0)));
    then(
        op(Operation.GETFH),
        Operation.GETFH,
        status,
        body -> {
          byte[] handle = ((ByteBuffer) body).array();
          if (opened.handle == null) {
            opened.handle = handle;
            known.add(opened);
          }
          assertArrayEquals(opened.handle, handle, "handle");
        });
    return true;
  }

  private boolean close() {
    Node file = file();
    if (file != null) {
      Stateid stateid = stateidFor(file);
      then(Requests.close(stateid), Operation.CLOSE, model.close(client, stateid, file));
    }
    return false;
  }

  private Stateid anyFor(Node file) {
    return random.nextInt(4) == 0 ? Stateid.ANONYMOUS : stateidFor(file);
  }

  private boolean read() {
    Node file = file();
    if (file == null) {
      return false;
    }
    Stateid stateid = anyFor(file);
    int offset = random.nextInt(60);
    int count = 1 + random.nextInt(40);
    Nfs4Status status = model.mayDo(client, stateid, file, ServerModel.READ);
    if (status.isOk() && model.isGone(file)) {
      status = Nfs4Status.STALE;
    }
    byte[] content = ServerModel.read(file, offset, count);
    int end = offset + count >= file.content.length ? 1 : 0;
    then(
        Requests.read(stateid, offset, count),
        Operation.READ,
        status,
        body -> {
          List<?> fields = (List<?>) body;
          assertEquals(end, fields.get(0), "eof");
          assertArrayEquals(content, ((ByteBuffer) fields.get(1)).array(), "content");
        });
    return false;
  }

  private boolean write() {
    Node file = file();
    if (file == null) {
      return false;
    }
    Stateid stateid = anyFor(file);
    int offset = random.nextInt(50);
    byte[] data = new byte[1 + random.nextInt(20)];
    random.nextBytes(data);
    Nfs4Status status = model.mayDo(client, stateid, file, ServerModel.WRITE);
    if (status.isOk() && model.isGone(file)) {
      status = Nfs4Status.STALE;
    }
    if (status.isOk()) {
      ServerModel.write(file, offset, data);
    }
    then(
        Requests.write(stateid, offset, data),
        Operation.WRITE,
        status,
        body -> assertEquals(data.length, ((List<?>) body).get(0), "count"));
    return false;
  }

  private boolean lock() {
    Node file = file();
    if (file == null) {
      return false;
    }
    Stateid stateid = stateidFor(file);
    Owner owner = owner();
    boolean exclusive = random.nextBoolean();
    int first = random.nextInt(ServerModel.LOCK_BYTES);
    int last = first + random.nextInt(ServerModel.LOCK_BYTES - first);
    Nfs4Status status = model.lock(client, stateid, file, owner, exclusive, first, last);
    XdrBytes lock =
        Requests.lock(
            exclusive ? WRITE_LT : READ_LT, first, last - first + 1, stateid, owner.name());
    if (!status.isOk()) {
      then(lock, Operation.LOCK, status);
      return false;
    }
    State state = model.lockOf(owner, (Open) model.find(stateid));
    then(lock, Operation.LOCK, status, body -> learnt(state, body));
    return true;
  }

  private boolean unlock() {
    Node file = file();
    if (file == null) {
      return false;
    }
    Stateid stateid = stateidFor(file);
    int first = random.nextInt(ServerModel.LOCK_BYTES);
    int last = first + random.nextInt(ServerModel.LOCK_BYTES - first);
    Nfs4Status status = model.unlock(client, stateid, file, first, last);
    XdrBytes unlock = stateid(op(Operation.LOCKU).i(WRITE_LT, 0), stateid);
    Stateid next = status.isOk() ? model.find(stateid).stateid : null;
    then(
        unlock.l(first, last - first + 1),
        Operation.LOCKU,
        status,
        body -> assertEquals(next, read(body), "the stateid's next"));
    return false;
  }

  private boolean testLock() {
    Node file = file();
    if (file == null) {
      return false;
    }
    Owner owner = owner();
    boolean exclusive = random.nextBoolean();
    int first = random.nextInt(ServerModel.LOCK_BYTES);
    int last = first + random.nextInt(ServerModel.LOCK_BYTES - first);
    Nfs4Status status = Nfs4Status.OK;
    if (model.isGone(file)) {
      status = Nfs4Status.STALE;
    } else if (model.isDenied(file, owner, exclusive, first, last)) {
      status = Nfs4Status.DENIED;
    }
    XdrBytes test = op(Operation.LOCKT).i(exclusive ? WRITE_LT : READ_LT);
    then(test.l(first, last - first + 1, 0).string(owner.name()), Operation.LOCKT, status);
    return false;
  }

  private boolean remove() {
    Node directory = directory();
    String name = name();
    then(op(Operation.REMOVE).string(name), Operation.REMOVE, ServerModel.remove(directory, name));
    return false;
  }

  private boolean rename() {
    Node from = directory();
    then(op(Operation.SAVEFH), Operation.SAVEFH, Nfs4Status.OK);
    Node to = directory();
    String fromName = name();
    String toName = name();
    Node moved = from.names.get(fromName);
    if (moved != null && moved.directory) {
      fromName = "absent"; // a directory is not to come below itself
    }
    then(
        op(Operation.RENAME).string(fromName).string(toName),
        Operation.RENAME,
        ServerModel.rename(from, fromName, to, toName));
    return false;
  }

  private boolean link() {
    Node file = file();
    if (file == null) {
      return false;
    }
    then(op(Operation.SAVEFH), Operation.SAVEFH, Nfs4Status.OK);
    Node directory = directory();
    String name = name();
    then(op(Operation.LINK).string(name), Operation.LINK, model.link(file, directory, name));
    return false;
  }

  private boolean makeDirectory() {
    then(putRoot(), Operation.PUTROOTFH, Nfs4Status.OK);
    boolean there = model.root.names.containsKey("sub");
    then(
        op(Operation.CREATE).i(2).string("sub").i(0, 0),
        Operation.CREATE,
        there ? Nfs4Status.EXIST : Nfs4Status.OK);
    if (!there) {
      model.root.names.put("sub", new Node(true));
    }
    return false;
  }

  private boolean look() {
    Node file = file();
    if (file != null) {
      int size = file.content.length;
      int links = file.links;
      then(
          op(Operation.GETATTR).i(2, 1 << 4, 1 << 3),
          Operation.GETATTR,
          model.isGone(file) ? Nfs4Status.STALE : Nfs4Status.OK,
          body -> {
            ByteBuffer values = (ByteBuffer) ((List<?>) body).get(1);
            assertEquals(size, values.getLong(0), "size");
            assertEquals(links, values.getInt(Long.BYTES), "links");
          });
    }
    return false;
  }

  private boolean list() {
    Node directory = directory();
    List<String> names = List.copyOf(directory.names.keySet());
    then(
        op(Operation.READDIR).l(0).l(0).i(4096, 4096, 0),
        Operation.READDIR,
        Nfs4Status.OK,
        body -> {
          List<String> told = new ArrayList<>();
          for (Object entry : (List<?>) ((List<?>) body).get(1)) {
            ByteBuffer name = (ByteBuffer) ((List<?>) entry).get(1);
            told.add(StandardCharsets.UTF_8.decode(name).toString());
          }
          assertEquals(names, told.stream().sorted().toList(), "names");
        });
    return false;
  }
}
