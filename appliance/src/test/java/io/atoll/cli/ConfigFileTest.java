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
    file = folder.resolve("atoll.properties");
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
  void anUnknownNameIsRefused() throws IOException {
    Files.writeString(file, "prot=7\n");
    assertRefused("sets 'prot'; it may set name, port");
  }

  @Test
  void aHalfWrittenLineIsRefused() throws IOException {
    Files.writeString(file, "name=x\nport");
    assertRefused("gives 'port' no value");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertRefused("is not there");
  }

  @Test
  void bytesThatAreNotTextAreRefused() throws IOException {
    Files.write(file, "name=\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("is not UTF-8 text");
  }

  @Test
  void aMalformedEscapeIsRefused() throws IOException {
    Files.writeString(file, "name=\\u12\n");
    assertRefused("is malformed");
  }

  private void assertRefused(String why) {
    assertEquals(2, run("--config", file.toString()));
    assertTrue(errors.toString().contains(file + " " + why), errors.toString());
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

    @Option(names = "--config")
    private Path config;

    @Override
    public void run() {
      assertTrue(config != null);
    }
  }
}
