package io.atoll.modes.ledger;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Whatever a page of credits holds: an entry, none, or a refusal. */
class LedgerFuzz {
  private static final String MOST = "1h";

  /** A slot whose checksum is right. */
  @FuzzTest(maxDuration = MOST)
  void entries(byte[] bytes) {
    long[] words = new long[LedgerFormat.SLOT_WORDS];
    ByteBuffer.wrap(Arrays.copyOf(bytes, LedgerFormat.SLOT_WORDS * Long.BYTES))
        .asLongBuffer()
        .get(words);
    LedgerEntry entry = LedgerFormat.entry(words);
    assertTrue(entry == null || entry.meteredBytes() >= 0);
  }

  /** A file of any bytes and length. */
  @FuzzTest(maxDuration = MOST)
  void files(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("ledger", ".fuzz");
    try {
      Files.write(file, bytes);
      LedgerReader.open(file).close();
    } catch (IOException | UncheckedIOException refused) {
      // as it should be
    } finally {
      Files.delete(file);
    }
  }
}
