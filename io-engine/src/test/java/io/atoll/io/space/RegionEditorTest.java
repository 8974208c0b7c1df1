package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegionEditorTest {
  private static final int REGION = RegionImage.BLOCKS_PER_REGION;

  private final RegionEditor editor = new RegionEditor(RegionSize.STANDARD, region -> null);

  private Map<Integer, byte[]> images() {
    Map<Integer, byte[]> images = new HashMap<>();
    editor.forEach(images::put);
    return images;
  }

  @Test
  void neighboursInTwoRegionsAreFreedTogether() {
    editor.allocated(REGION - 10, 10);
    editor.allocated(REGION, 20);
    editor.freed(REGION - 10, 30);
    assertNull(editor.conflict());
    assertEquals(2, images().size());
    images().values().forEach(image -> assertArrayEquals(RegionImage.empty(), image));
  }

  @Test
  void whatIsFreeInTheSecondRegionIsNotFreedAgain() {
    editor.allocated(REGION - 10, 10);
    editor.freed(REGION - 10, 30);
    assertNotNull(editor.conflict());
  }

  @Test
  void noAllocationLiesInTwoRegions() {
    editor.allocated(REGION - 10, 30);
    assertNotNull(editor.conflict());
  }
}
