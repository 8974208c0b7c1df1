package io.atoll.io.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What loops hand over to each other comes once, in order, and wakes the receiver seldom. */
class MailboxTest {
  private static final int SENDERS = 4;
  private static final int EACH = 50_000;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Mailbox mailbox = new Mailbox(tasks::add);
  private final List<Integer> delivered = new ArrayList<>();

  private static class TestMail implements Mail {
    private final Runnable delivery;
    private Mail next;

    TestMail(Runnable delivery) {
      this.delivery = delivery;
    }

    @Override
    public void deliver() {
      delivery.run();
    }

    @Override
    public Mail nextMail() {
      return next;
    }

    @Override
    public void nextMail(Mail newNext) {
      next = newNext;
    }
  }

  private void post(int number) {
    mailbox.post(new TestMail(() -> delivered.add(number)));
  }

  private void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private static List<Integer> upTo(int end) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      all.add(i);
    }
    return all;
  }

  @Test
  void whatComesWhileTheLoopIsBusyIsOneTask() {
    for (int i = 0; i < 100; i++) {
      post(i);
    }
    assertEquals(1, tasks.size());
    runAll();
    assertEquals(upTo(100), delivered);
  }

  @Test
  void aTurnDeliversSoMuchAtMostAndTheRestComesLater() {
    int all = 2 * Mailbox.MAX_DELIVERIES_PER_TURN + 1;
    for (int i = 0; i < all; i++) {
      post(i);
    }
    tasks.remove().run();
    assertEquals(Mailbox.MAX_DELIVERIES_PER_TURN, delivered.size());
    runAll();
    assertEquals(upTo(all), delivered);
  }

  @Test
  void whatComesWhileMuchIsLeftIsNotForgotten() {
    int turn = Mailbox.MAX_DELIVERIES_PER_TURN;
    for (int i = 0; i < 2 * turn; i++) {
      post(i);
    }
    tasks.remove().run(); // half of them; the next turn is queued
    post(2 * turn); // its own turn is queued, behind
    tasks.remove().run(); // ends exactly with the other half
    runAll();
    assertEquals(upTo(2 * turn + 1), delivered);
    assertEquals(0, tasks.size());
  }

  @Test
  void whatFailsKeepsNobodyFromItsTurn() {
    mailbox.post(
        new TestMail(() -> {
          throw new IllegalStateException("meant to fail");
        }));
    post(0);
    runAll();
    assertEquals(upTo(1), delivered);
  }

  @Test
  void aMailMayBePostedAgainFromItsOwnDelivery() {
    TestMail[] again = new TestMail[1];
    again[0] =
        new TestMail(() -> {
          delivered.add(delivered.size());
          if (delivered.size() < 3) {
            mailbox.post(again[0]);
          }
        });
    mailbox.post(again[0]);
    runAll();
    assertEquals(upTo(3), delivered);
  }

  @Test
  void allOfEachSenderComesInItsOrder() throws Exception {
    try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
      Mailbox shared = new Mailbox(loop);
      int[] lastOf = new int[SENDERS];
      int[] outOfOrder = new int[1];
      CountDownLatch all = new CountDownLatch(SENDERS * EACH);
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        int sender = i;
        senders.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int j = 1; j <= EACH; j++) {
                    int number = j;
                    shared.post(
                        new TestMail(() -> {
                          outOfOrder[0] += lastOf[sender] == number - 1 ? 0 : 1;
                          lastOf[sender] = number;
                          all.countDown();
                        }));
                  }
                }));
      }
      for (Thread sender : senders) {
        sender.join();
      }
      assertEquals(true, all.await(30, TimeUnit.SECONDS), all.getCount() + " did not come");
      assertEquals(0, loop.submit(() -> outOfOrder[0]).get());
    }
  }
}
