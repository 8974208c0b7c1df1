package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/**
 * The launcher shows a text that is kept beside the program, so that asking for help does not begin
 * with a build; here it is held against what the program itself would say.
 *
 * <p>With the system property {@value #WRITE_PROPERTY} the text is written anew instead.
 */
class BenchHelpTest {
  private static final String WRITE_PROPERTY = "atoll.help.write";
  private static final Path TEXT = Path.of("src/main/help/bench.txt");

  @Test
  void theLauncherShowsTheProgramsOwnHelp() throws IOException {
    String help = BenchCommand.commandLine().getUsageMessage(Ansi.OFF);
    if (Boolean.getBoolean(WRITE_PROPERTY)) {
      Files.createDirectories(TEXT.getParent());
      Files.writeString(TEXT, help);
    }
    assertEquals(
        help,
        Files.exists(TEXT) ? Files.readString(TEXT) : "(no such file)",
        "what "
            + TEXT
            + " has to say; to write it anew: mvn test -pl perf -am -Dtest=BenchHelpTest -D"
            + WRITE_PROPERTY
            + "=true -Dsurefire.failIfNoSpecifiedTests=false");
  }
}
