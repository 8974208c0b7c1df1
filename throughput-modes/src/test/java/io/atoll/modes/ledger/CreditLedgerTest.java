package io.atoll.modes.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerOpening.Reason;
import io.atoll.modes.ledger.LedgerOpening.Refused;
import io.atoll.modes.rate.Credits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CreditLedgerTest {

  private static final UUID OWNER = LedgerEntries.FILE_SYSTEM;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("credits");
  }

  /** A ledger with the entries 1 to {@code last}, closed. */
  private void make(long last) throws IOException {
    try (CreditLedger ledger = CreditLedger.create(file, OWNER, LedgerEntries.numbered(1))) {
      for (long number = 2; number <= last; number++) {
        ledger.write(LedgerEntries.numbered(number));
      }
      ledger.sync();
    }
  }

  private long openedNumber() throws IOException {
    Opened opened = assertInstanceOf(Opened.class, CreditLedger.open(file, OWNER));
    opened.ledger().close();
    return LedgerEntries.numberOf(opened.last());
  }

  private Refused refused(Reason reason) throws IOException {
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
    Refused refused = assertInstanceOf(Refused.class, CreditLedger.open(file, OWNER));
    assertEquals(reason, refused.reason(), refused.message());
    assertTrue(refused.message().contains(file.toString()), refused.message());
    assertArrayEquals(before, Files.exists(file) ? Files.readAllBytes(file) : null);
    return refused;
  }

  private void spoil(int offsetBytes) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offsetBytes] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void whatWasWrittenLastIsFoundAgain() throws IOException {
    for (long last = 1; last <= 5; last++) {
      make(last);
      assertEquals(last, openedNumber());
      assertEquals(4096, Files.size(file));
      Files.delete(file);
    }
  }

  @Test
  void entriesGoOnAfterReopening() throws IOException {
    make(3);
    Opened opened = (Opened) CreditLedger.open(file, OWNER);
    try (CreditLedger ledger = opened.ledger()) {
      ledger.write(LedgerEntries.numbered(4));
      assertEquals(4, ledger.sequence());
      try (LedgerReader reader = LedgerReader.open(file)) {
        assertEquals(4, LedgerEntries.numberOf(reader.read()));
        ledger.write(LedgerEntries.numbered(5));
        assertEquals(5, LedgerEntries.numberOf(reader.read()));
      }
    }
    assertEquals(5, openedNumber());
  }

  /** The layout that the Javadoc draws. */
  @Test
  void fileHasItsLayout() throws IOException {
    make(2);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(0, magic);
    assertEquals("ATOLCRED", new String(magic, StandardCharsets.US_ASCII));
    assertEquals(1, bytes.getLong(8));
    assertEquals(4096, bytes.getLong(16));
    assertEquals(OWNER, new UUID(bytes.getLong(24), bytes.getLong(32)));
    assertEquals(2, bytes.getLong(512), "even sequence in slot 0");
    assertEquals(1, bytes.getLong(1024), "odd sequence in slot 1");
    assertEquals(-2, bytes.getLong(512 + 5 * 8), "credits");
    assertEquals(2, bytes.getLong(512 + 7 * 8), "provisioned");
    assertEquals(0, bytes.getLong(1536));
  }

  @Test
  void slotWithAnyFlippedByteYieldsToTheOther() throws IOException {
    for (int offset = 0; offset < 256; offset++) {
      make(2);
      spoil(512 + offset);
      assertEquals(1, openedNumber(), "byte " + offset);
      Files.delete(file);
    }
  }

  @Test
  void halfWrittenEntryYieldsToTheOneBefore() throws IOException {
    for (int words = 1; words < LedgerFormat.SLOT_WORDS; words++) {
      make(3);
      long[] torn = LedgerFormat.slot(4, LedgerEntries.numbered(4));
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < words; i++) {
        bytes.putLong(512 + i * 8, torn[i]);
      }
      Files.write(file, bytes.array());
      assertEquals(3, openedNumber(), words + " words");
      Files.delete(file);
    }
  }

  @Test
  void ledgerWithoutAWholeEntryIsRefused() throws IOException {
    make(2);
    spoil(600);
    spoil(1100);
    assertTrue(refused(Reason.TORN).message().contains("no whole entry"));
    try (LedgerReader reader = LedgerReader.open(file)) {
      assertNull(reader.read());
    }
  }

  @Test
  void ledgerOfAnotherLengthIsRefused() throws IOException {
    make(2);
    Files.write(file, new byte[100]);
    assertEquals(
        "credit ledger "
            + file
            + " has 100 bytes instead of 4096: put the right one there, or have it rebuilt, which"
            + " begins without credits",
        refused(Reason.TORN).message());
    assertThrows(IOException.class, () -> LedgerReader.open(file));
  }

  @Test
  void missingLedgerIsRefused() throws IOException {
    refused(Reason.MISSING);
  }

  @Test
  void foreignFileIsRefused() throws IOException {
    Files.write(file, new byte[4096]);
    refused(Reason.FOREIGN);
    assertThrows(IOException.class, () -> LedgerReader.open(file));
  }

  @Test
  void ledgerOfAnotherFileSystemIsRefused() throws IOException {
    CreditLedger.create(file, new UUID(7, 7), LedgerEntries.numbered(1)).close();
    Refused refused = refused(Reason.FOREIGN);
    assertTrue(refused.message().contains(new UUID(7, 7).toString()), refused.message());
  }

  @Test
  void spoiledHeaderIsRefused() throws IOException {
    make(1);
    spoil(16);
    refused(Reason.TORN);
  }

  @Test
  void ledgerOfALaterVersionIsRefused() throws IOException {
    make(1);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(8, 2);
    Files.write(file, bytes.array());
    assertTrue(refused(Reason.NEWER).message().contains("has format 2"));
  }

  @Test
  void rebuiltLedgerBeginsWithoutCreditsAndKeepsTheOldFile() throws IOException {
    byte[] foreign = new byte[] {1, 2, 3};
    Files.write(file, foreign);
    LedgerEntry entry = LedgerEntries.numbered(5_000_000_000L);
    Opened rebuilt = CreditLedger.rebuild(file, OWNER, entry);
    rebuilt.ledger().close();
    assertEquals(entry.withCredits(Credits.NONE), rebuilt.last());
    Opened opened = assertInstanceOf(Opened.class, CreditLedger.open(file, OWNER));
    opened.ledger().close();
    assertEquals(rebuilt.last(), opened.last());
    assertArrayEquals(foreign, Files.readAllBytes(directory.resolve("credits.refused-5")));
  }

  @Test
  void ledgerIsNotMadeOverAnother() throws IOException {
    make(2);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> CreditLedger.create(file, OWNER, LedgerEntries.numbered(1)));
    assertEquals(2, openedNumber());
  }

  /** What a crash left while a ledger was being made is no obstacle. */
  @Test
  void remainsOfAnUnfinishedOneAreOverwritten() throws IOException {
    Files.write(directory.resolve("credits.new"), new byte[10_000]);
    make(1);
    assertEquals(1, openedNumber());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
