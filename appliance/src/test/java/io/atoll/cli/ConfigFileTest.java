package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class ConfigFileTest {

  @TempDir private Path folder;
  private Path file;
  private final StringWriter errors = new StringWriter();
  private final Probe probe = new Probe();

  @BeforeEach
  void nameFile() {
    file = folder.resolve("atoll.conf");
  }

  @Test
  void givesOptionsTheirValues() throws IOException {
    Files.writeString(file, "port = 7\n# a comment\nname=from file\n");
    assertEquals(0, run("--config", file.toString()));
    assertEquals(7, probe.port);
    assertEquals("from file", probe.name);
  }

  @Test
  void theCommandLineWins() throws IOException {
    Files.writeString(file, "port=7\n");
    assertEquals(0, run("--port=8", "--config=" + file));
    assertEquals(8, probe.port);
  }

  @Test
  void whatItDoesNotSetKeepsItsDefault() throws IOException {
    Files.writeString(file, "port=7\n");
    assertEquals(0, run("--config", file.toString()));
    assertEquals("built in", probe.name);
  }

  @Test
  void anUnknownNameIsRefusedWithItsLine() throws IOException {
    Files.writeString(file, "name=x\nprot=7\n");
    assertRefused(", line 2, sets 'prot'; it may set loud, name, port");
  }

  @Test
  void aWrongValueIsRefusedWithItsLine() throws IOException {
    Files.writeString(file, "# where\n\nport = many\n");
    assertRefused(", line 3, sets 'port' wrongly: 'many' is not an int");
  }

  @Test
  void aWrongValueIsRefusedThoughTheCommandLineWins() throws IOException {
    Files.writeString(file, "port = many\n");
    assertEquals(2, run("--port=8", "--config", file.toString()));
    assertTrue(errors.toString().contains("line 1, sets 'port' wrongly"), errors.toString());
  }

  @Test
  void aNameThatIsSetTwiceIsRefused() throws IOException {
    Files.writeString(file, "port=7\nname=x\nport=7\n");
    assertRefused(", line 3, sets 'port' again, after line 1");
  }

  @Test
  void aNameWithoutAValueIsRefused() throws IOException {
    Files.writeString(file, "name=x\nport=\n");
    assertRefused(", line 2, gives 'port' no value");
  }

  @Test
  void aLineWithoutAnEqualsSignIsRefused() throws IOException {
    Files.writeString(file, "port 7\n");
    assertRefused(", line 1, is not of the form name = value: 'port 7'");
  }

  /** Cut short, it may read as another value: 9 of 90, /srv of /srv/atoll. */
  @Test
  void aLastLineThatDoesNotEndIsRefused() throws IOException {
    Files.writeString(file, "name=x\nport = 7");
    assertRefused(", line 2, is the last and has no line end");
  }

  @Test
  void aValueMayHoldWhatElseHasAMeaning() throws IOException {
    Files.writeString(file, "name = a=b # \\u00e9 \"c\"\r\n");
    assertEquals(0, run("--config", file.toString()));
    assertEquals("a=b # \\u00e9 \"c\"", probe.name);
  }

  @Test
  void aSwitchIsSetByItsValue() throws IOException {
    Files.writeString(file, "loud = true\n");
    assertEquals(0, run("--config", file.toString()));
    assertTrue(probe.loud);
    Files.writeString(file, "loud = perhaps\n");
    assertRefused(", line 1, sets 'loud' wrongly: 'perhaps' is not a boolean");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertRefused(" is not there");
  }

  @Test
  void aFolderIsRefused() throws IOException {
    Files.createDirectory(file);
    assertRefused(" can't be read: ");
  }

  @Test
  void bytesThatAreNotTextAreRefused() throws IOException {
    Files.write(file, "name=\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(" is not UTF-8 text");
  }

  private void assertRefused(String why) {
    assertEquals(2, run("--config", file.toString()));
    assertTrue(errors.toString().contains(file + why), errors.toString());
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(probe).setErr(new PrintWriter(errors, true));
    ConfigFile.applyTo(command, arguments);
    return command.execute(arguments);
  }

  @Command(name = "probe")
  private static final class Probe implements Runnable {
    @Option(names = "--port", defaultValue = "1")
    private int port;

    @Option(names = "--name", defaultValue = "built in")
    private String name;

    @Option(names = "--loud")
    private boolean loud;

    @Option(names = "--config")
    private Path config;

    @Override
    public void run() {
      assertTrue(config != null);
    }
  }
}
