package io.atoll.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that ask for as much memory as a server lets them have: they hold what they can, and take
 * and finish nothing. Each runs in a thread of its own until {@link #end}, or until the server has
 * cut it off.
 */
public final class HarshLoad {
  private static final int MIB = 1 << 20;
  private static final int SLOTS = 64;

  /** RFC 8881 bounds an owner by 1024 bytes. */
  private static final int OWNER_BYTES = 1000;

  /** Bytes of a file that is written over and over, and read. */
  private static final int FILE_MIB = 8;

  /** RFC 8881, nfs_ftype4. */
  private static final int NF4DIR = 2;

  private static final int OPERATIONS_MOST = 60;
  private static final int OPENS_MOST = 200_000;
  private static final long OPENING_SECONDS_MOST = 120;
  private static final long CREATING_SECONDS_MOST = 300;
  private static final long DRIP_MILLIS = 1000;

  private final int port;
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final Queue<AutoCloseable> connections = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong sent = new AtomicLong();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean ended;

  public HarshLoad(int port) {
    this.port = port;
  }

  /** Compounds that the clients which hear no replies could send. */
  public long sentUnheard() {
    return sent.get();
  }

  /** What went wrong in the clients themselves. */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** Clients with a session of as many slots as they get, who then say nothing more. */
  public void sessions(int count) {
    start(count, "session", client -> {});
  }

  /** Clients that write a MiB at a time and take no replies. */
  public void unheardWriters(int count) {
    byte[] content = new byte[MIB];
    start(
        count,
        "writer",
        client -> {
          File file = create(client, "written-" + Thread.currentThread().getName());
          for (int i = 0; i < client.slots(); i++) {
            long offset = (long) (i % FILE_MIB) * MIB;
            unheard(client, file.put(), Requests.write(file.open, offset, content));
          }
        });
  }

  /** Clients that read a MiB at a time and take no replies. */
  public void unheardReaders(int count) {
    byte[] content = new byte[MIB];
    start(
        count,
        "reader",
        client -> {
          File file = create(client, "read-" + Thread.currentThread().getName());
          client.call(file.put(), Requests.write(file.open, 0, content)).is(Nfs4Status.OK);
          inEachSlot(client, file.put(), Requests.read(file.open, 0, MIB));
        });
  }

  /** Clients that fill a directory with the longest names, and list it without taking the lists. */
  public void unheardListers(int count, int names) {
    start(
        count,
        "lister",
        client -> {
          String prefix = Thread.currentThread().getName() + "-" + "n".repeat(220);
          client.pipeline(
              names,
              SLOTS / 2,
              i ->
                  new XdrBytes[] {
                    Requests.putRoot(), Requests.openCreating(prefix + i, Requests.BOTH, 0644, -1)
                  },
              reply -> {});
          inEachSlot(client, Requests.putRoot(), list());
        });
  }

  /** READDIR of a MiB, with attributes. */
  private static XdrBytes list() {
    return Requests.op(Operation.READDIR).l(0, 0).i(MIB, MIB).i(2, 0x0010011a, 0x0030a23a);
  }

  /**
   * Clients that make directories, each in a pipeline; returns when all are there.
   *
   * @throws AssertionError if that takes too long
   */
  public void creators(int count, int names) throws InterruptedException {
    CountDownLatch made = new CountDownLatch(count);
    start(
        count,
        "creator",
        client -> {
          String prefix = Thread.currentThread().getName() + "-" + "n".repeat(100);
          client.pipeline(
              names,
              SLOTS / 2,
              i -> new XdrBytes[] {Requests.putRoot(), makeDirectory(prefix + i)},
              reply -> reply.is(Nfs4Status.OK));
          made.countDown();
        });
    assertTrue(made.await(CREATING_SECONDS_MOST, TimeUnit.SECONDS), () -> "not made: " + failures);
  }

  private static XdrBytes makeDirectory(String name) {
    return Requests.op(Operation.CREATE).i(NF4DIR).string(name).i(2, 0, 1 << 1, 4, 0755);
  }

  /** Clients whose compounds are as long as may be, and who take no replies. */
  public void unheardCompounds(int count) {
    start(
        count,
        "compound",
        client -> {
          List<XdrBytes> operations = new ArrayList<>();
          operations.add(Requests.putRoot());
          while (operations.size() < OPERATIONS_MOST) {
            operations.add(Requests.op(Operation.GETATTR).i(2, 0x0010011a, 0x0030a23a));
          }
          inEachSlot(client, operations.toArray(XdrBytes[]::new));
        });
  }

  /**
   * Clients that open a file by ever new owners with long names, and lock it by as many, until the
   * server has no more room for their state; returns when that is so.
   *
   * @throws AssertionError if it takes more than {@code OPENS_MOST} opens each
   */
  public void openers(int count) throws InterruptedException {
    CountDownLatch full = new CountDownLatch(count);
    start(
        count,
        "opener",
        client -> {
          String name = Thread.currentThread().getName();
          File file = create(client, name);
          AtomicLong refused = new AtomicLong();
          for (int i = 0; refused.get() == 0; i += client.slots()) {
            assertTrue(i < OPENS_MOST, "no bound to what a client may open");
            int from = i;
            client.pipeline(
                client.slots(),
                client.slots() / 2,
                each ->
                    new XdrBytes[] {
                      Requests.putRoot(), openBy(name, owner(from + each)), lock(file, from + each)
                    },
                reply -> refused.addAndGet(reply.status() == Nfs4Status.DQUOT.code() ? 1 : 0));
          }
          full.countDown();
        });
    assertTrue(full.await(OPENING_SECONDS_MOST, TimeUnit.SECONDS), () -> "not full: " + failures);
  }

  private static XdrBytes openBy(String name, String owner) {
    return Requests.openShare(Requests.BOTH, 0, owner).i(0).i(0).string(name);
  }

  private static XdrBytes lock(File file, int number) {
    return Requests.lock(2, 2L * number, 1, file.open, owner(number));
  }

  private static String owner(int number) {
    return number + "o".repeat(OWNER_BYTES - 10);
  }

  /** Connections on each of which a WRITE of a MiB has come half. */
  public void halfRecords(int count) {
    start(
        1,
        "half",
        client -> {
          File file = create(client, "half");
          byte[] record = client.prepare(file.put(), Requests.write(file.open, 0, new byte[MIB]));
          for (int i = 0; i < count && !ended; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            connections.add(socket);
            holdHalf(socket, record);
          }
        });
  }

  private void holdHalf(Socket socket, byte[] record) {
    run(
        "half record",
        () -> {
          // The rest drips, so that it is not given up as one that has stopped.
          socket.getOutputStream().write(record, 0, record.length / 2);
          for (int i = record.length / 2; i < record.length && !ended; i++) {
            socket.getOutputStream().write(record, i, 1);
            Thread.sleep(DRIP_MILLIS);
          }
        });
  }

  private void inEachSlot(NfsClient client, XdrBytes... operations) throws IOException {
    for (int i = 0; i < client.slots(); i++) {
      unheard(client, operations);
    }
  }

  private void unheard(NfsClient client, XdrBytes... operations) throws IOException {
    client.send(operations);
    sent.incrementAndGet();
  }

  private File create(NfsClient client, String name) throws IOException {
    Reply reply =
        client.call(
            Requests.putRoot(),
            Requests.openCreating(name, Requests.BOTH, 0644, -1),
            Requests.op(Operation.GETFH));
    Stateid open = reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    return new File(reply.ok(Operation.GETFH).opaque(), open);
  }

  private void start(int count, String kind, Behaviour behaviour) {
    for (int i = 0; i < count; i++) {
      String name = kind + "-" + i;
      run(
          name,
          () -> {
            NfsClient client =
                new NfsClient(
                    port, name + "-" + "o".repeat(OWNER_BYTES - name.length() - 1), SLOTS);
            connections.add(client);
            behaviour.of(client);
            end.await();
          });
    }
  }

  private void run(String name, Step step) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                step.run();
              } catch (IOException | InterruptedException e) {
                // The server has cut it off, or it was ended: both are as it should be.
              } catch (Throwable e) {
                failures.add(e);
              }
            }));
  }

  /** Ends all clients and waits until they are gone. */
  public void end() throws Exception {
    ended = true;
    end.countDown();
    for (AutoCloseable connection : connections) {
      connection.close();
    }
    for (Thread thread : List.copyOf(threads)) {
      thread.interrupt();
      thread.join();
    }
  }

  private record File(byte[] handle, Stateid open) {
    XdrBytes put() {
      return Requests.op(Operation.PUTFH).opaque(handle);
    }
  }

  private interface Behaviour {
    void of(NfsClient client) throws IOException, InterruptedException;
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
