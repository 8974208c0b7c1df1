package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * The launcher shows texts that are kept beside the program, so that asking for help does not begin
 * with a build; here they are held against what the program itself would say.
 *
 * <p>With the system property {@value #WRITE_PROPERTY} the texts are written anew instead.
 */
class HelpTextTest {
  private static final String WRITE_PROPERTY = "atoll.help.write";
  private static final Path TEXTS = Path.of("src/main/help");

  @TestFactory
  Iterable<DynamicTest> theLauncherShowsTheProgramsOwnHelp() {
    CommandLine atoll = AtollCommand.commandLine();
    Map<String, CommandLine> commands = new LinkedHashMap<>(atoll.getSubcommands());
    commands.put(atoll.getCommandName(), atoll);
    return commands.entrySet().stream()
        .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> check(each)))
        .toList();
  }

  private static void check(Map.Entry<String, CommandLine> command) throws IOException {
    Path text = TEXTS.resolve(command.getKey() + ".txt");
    String help = command.getValue().getUsageMessage(Ansi.OFF);
    if (Boolean.getBoolean(WRITE_PROPERTY)) {
      Files.createDirectories(TEXTS);
      Files.writeString(text, help);
    }
    assertEquals(
        help,
        Files.exists(text) ? Files.readString(text) : "(no such file)",
        "what "
            + text
            + " has to say; to write it anew: mvn test -pl appliance -am"
            + " -Dtest=HelpTextTest -D"
            + WRITE_PROPERTY
            + "=true"
            + " -Dsurefire.failIfNoSpecifiedTests=false");
  }
}
