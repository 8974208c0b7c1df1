package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreedBlocksTest {

  private final PinEpochs pins = new PinEpochs();
  private final FreedBlocks freed = new FreedBlocks(pins);
  private final List<BlockRun> reusable = new ArrayList<>();

  @Test
  void blocksWaitForTheCommitOfTheirRecord() {
    freed.add(5, 1, 1);
    drain(4);
    assertEquals(List.of(), reusable);
    drain(5);
    assertEquals(List.of(run(1)), reusable);
    assertEquals(0, freed.blocks());
  }

  @Test
  void blocksWaitForPinsTakenBeforeTheyWereFreed() {
    PinEpochs.Epoch before = pins.pin();
    PinEpochs.Epoch alsoBefore = pins.pin();
    freed.add(1, 1, 1);
    pins.release(before);
    drain(1);
    assertEquals(List.of(), reusable);
    pins.release(alsoBefore);
    drain(1);
    assertEquals(List.of(run(1)), reusable);
  }

  @Test
  void laterPinsHoldNothingBack() {
    freed.add(1, 1, 1);
    pins.pin();
    drain(1);
    assertEquals(List.of(run(1)), reusable);
  }

  @Test
  void aPinHoldsBackWhatIsFreedAfterItOnly() {
    freed.add(1, 1, 1);
    PinEpochs.Epoch pin = pins.pin();
    freed.add(2, 2, 1);
    drain(2);
    assertEquals(List.of(run(1)), reusable);
    pins.release(pin);
    drain(2);
    assertEquals(List.of(run(1), run(2)), reusable);
  }

  @Test
  void releasingTwiceIsABug() {
    PinEpochs.Epoch pin = pins.pin();
    pins.release(pin);
    assertThrows(IllegalStateException.class, () -> pins.release(pin));
  }

  @Test
  void growingKeepsTheOrder() {
    List<BlockRun> expected = new ArrayList<>();
    int added = 0;
    for (int drained = 0; drained < 3_000; drained += 10) {
      for (int i = 0; i < 17; i++) {
        added++;
        freed.add(added, added, 1);
        expected.add(run(added));
      }
      drain(drained);
      assertEquals(expected.subList(0, drained), reusable);
      assertEquals(added - drained, freed.blocks());
    }
  }

  private void drain(long commitSequence) {
    freed.drain(commitSequence, (address, blocks) -> reusable.add(new BlockRun(address, blocks)));
  }

  private static BlockRun run(long address) {
    return new BlockRun(address, 1);
  }
}
