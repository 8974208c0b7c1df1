package io.atoll.io.space;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * Edits the regions' images for one batch of the index: reads each once, flips its bits in the
 * order of the records, and gives back what changed. Used by one worker.
 */
public final class RegionEditor {

  private final Map<Integer, byte[]> images = new HashMap<>();
  private final IntFunction<byte[]> reader;
  private final RegionSize size;
  private String conflict;

  /**
   * @param reader gives a region's image as the index has it, to be edited, or null
   */
  public RegionEditor(RegionSize size, IntFunction<byte[]> reader) {
    this.size = size;
    this.reader = reader;
  }

  public void allocated(long address, int blocks) {
    edit(address, blocks, true);
  }

  /** Neighbours that are freed together may lie in two regions; no allocation does. */
  public void freed(long address, int blocks) {
    long end = address + blocks;
    for (long at = address; at < end; ) {
      int part = (int) Math.min(end - at, size.blocksToEnd(at));
      edit(at, part, false);
      at += part;
    }
  }

  public void unit(UnitChange change) {
    long address = change.unit().address();
    RegionImage.setUnit(
        image(size.regionOf(address)),
        size.blockInRegion(address) / RegionImage.BLOCKS_PER_UNIT,
        change.state());
  }

  /** Hands over each region that was edited. */
  public void forEach(BiConsumer<Integer, byte[]> consumer) {
    images.forEach(consumer);
  }

  /** Null, or the first run that was allocated while in use, or freed while free. */
  public String conflict() {
    return conflict;
  }

  private void edit(long address, int blocks, boolean inUse) {
    int from = size.blockInRegion(address);
    if (from + blocks > size.blocks()) {
      note("a run crosses a region: " + address + "+" + blocks);
      return;
    }
    byte[] image = image(size.regionOf(address));
    if (!RegionImage.setInUse(image, from, blocks, inUse)) {
      note(
          "blocks "
              + address
              + "+"
              + blocks
              + (inUse ? " are allocated while in use" : " are freed while free"));
    }
  }

  private void note(String what) {
    if (conflict == null) {
      conflict = what;
    }
  }

  private byte[] image(int region) {
    byte[] image = images.get(region);
    if (image == null) {
      byte[] read = reader.apply(region);
      image = read == null ? RegionImage.empty() : RegionImage.current(read);
      images.put(region, image);
    }
    return image;
  }
}
