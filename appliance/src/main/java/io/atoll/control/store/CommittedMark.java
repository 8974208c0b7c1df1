package io.atoll.control.store;

import io.atoll.control.store.ResourceStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How far a store of resources has been committed, in a file beside the database's own. A log that
 * was cut off at the end of a batch, emptied or removed looks like one that was never written: only
 * something else can know that there was more. The mark follows each commit, so it never says more
 * than was durable.
 *
 * <p>Two slots are written in turn, each within a sector, so that one is whole at any moment.
 * Confined to the control thread.
 */
final class CommittedMark implements AutoCloseable {
  /** Its name in the store's folder. */
  static final String FILE = "committed";

  private static final int SLOT_BYTES = 512;
  private static final int SLOTS = 2;
  private static final int CONTENT_BYTES = Long.BYTES + Integer.BYTES;

  private final Path file;
  private final FileChannel channel;
  private long sequence;
  private int nextSlot;

  private CommittedMark(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens the mark of the store in {@code folder}; one without a mark gets one that says nothing.
   *
   * @throws ResourceStoreException if there is something else in its place, or neither slot is
   *     whole
   */
  static CommittedMark open(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw damaged(file);
    }
    // A crash may have come between its making and its first word.
    boolean isNew = !Files.exists(file) || Files.size(file) == 0;
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    CommittedMark mark = new CommittedMark(file, channel);
    try {
      if (!isNew) {
        mark.read();
      }
    } catch (IOException | ResourceStoreException e) {
      channel.close();
      throw e;
    }
    return mark;
  }

  private void read() throws IOException {
    int found = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
      ByteBuffer content = buffer();
      channel.read(content, (long) slot * SLOT_BYTES);
      if (!content.hasRemaining() && content.getInt(Long.BYTES) == checksum(content)) {
        long said = content.getLong(0);
        if (found < 0 || said > sequence) {
          found = slot;
          sequence = said;
        }
      }
    }
    if (found < 0) {
      throw damaged(file);
    }
    nextSlot = (found + 1) % SLOTS;
  }

  private static ResourceStoreException damaged(Path file) {
    return new ResourceStoreException(
        Kind.DAMAGED,
        "the store of resources in "
            + file.getParent()
            + " can't be opened: its file "
            + file.getFileName()
            + ", which says how far it was committed, is damaged; restore the folder from a backup,"
            + " or remove that file to take the store as it is",
        null);
  }

  /** The number of the last change that was committed; 0 if that is not known. */
  long sequence() {
    return sequence;
  }

  /** Notes, durably, that all changes up to {@code newSequence} are committed. */
  void advance(long newSequence) throws IOException {
    ByteBuffer content = buffer().putLong(0, newSequence);
    content.putInt(Long.BYTES, checksum(content));
    channel.write(content, (long) nextSlot * SLOT_BYTES);
    channel.force(true);
    sequence = newSequence;
    nextSlot = (nextSlot + 1) % SLOTS;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(CONTENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Not zero for zeros, so that an empty slot is none. */
  private static int checksum(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content.slice(0, Long.BYTES));
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new ResourceStoreException(Kind.UNUSABLE, file + " can't be closed: " + e, e);
    }
  }
}
