package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.perf.bench.workload.FileShape;
import io.atoll.perf.bench.workload.LoadSettings;
import io.atoll.perf.bench.workload.WorkloadName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioFileTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("scenario.yaml"), text);
  }

  private ScenarioFile read(String text, String... overrides) throws IOException {
    return ScenarioFile.read(file(text), List.of(overrides));
  }

  @Test
  void loadsTakeDefaultsAndTheCommandLineWins() throws IOException {
    ScenarioFile scenario =
        read(
            """
            url: nfs://127.0.0.1:2049/
            rounds: 3
            defaults: {time: 5s, connections: 4, depth: 2}
            loads:
              - {workload: rand-read, depth: 32, working-set: 8m, verify: true}
              - workload: [small-write, small-read]
                shape: node-modules
            """,
            "--time=1s");
    assertEquals("nfs://127.0.0.1:2049/", scenario.url());
    assertEquals(3, scenario.rounds());
    assertEquals(3, scenario.loads().size());
    LoadSettings first = scenario.loads().getFirst();
    assertEquals(WorkloadName.RAND_READ, first.workload());
    assertEquals(32, first.depth());
    assertEquals(4, first.connections());
    assertEquals(8 << 20, first.workingSetBytes());
    assertEquals(1_000_000_000L, first.timeNanos());
    assertTrue(first.verify());
    LoadSettings last = scenario.loads().getLast();
    assertEquals(WorkloadName.SMALL_READ, last.workload());
    assertEquals(FileShape.NODE_MODULES, last.shape());
    assertEquals(2, last.depth());
  }

  @Test
  void jsonIsReadToo() throws IOException {
    ScenarioFile scenario = read("{\"loads\": [{\"workload\": \"ping\"}]}");
    assertEquals(WorkloadName.PING, scenario.loads().getFirst().workload());
  }

  @Test
  void furtherServersAreOneOrSeveral() throws IOException {
    assertEquals(List.of(), read("{loads: [{workload: ping}]}").vs());
    assertEquals(List.of("ganesha"), read("{vs: ganesha, loads: [{workload: ping}]}").vs());
    assertEquals(
        List.of("ganesha", "discard"),
        read("{vs: [ganesha, discard], loads: [{workload: ping}]}").vs());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {servers: [], loads: [{workload: ping}]} | unknown key 'servers'
          {loads: [{workload: ping, blocksize: 4k}]} | load 1: unknown key 'blocksize'
          {defaults: {tiem: 5s}, loads: [{}]} | defaults: unknown key 'tiem'
          {loads: [{workload: pong}]} | load 1: there is no workload 'pong'
          {loads: [{}, {depth: many}]} | load 2: Invalid value for option '--depth'
          {loads: [{depth: 1, depth: 2}]} | Duplicate field 'depth'
          {loads: []} | 'loads' must hold a list
          {loads: [{depth: }]} | load 1: 'depth' needs a value
          {rounds: often, loads: [{}]} | 'rounds' must hold a number
          {vs: {a: b}, loads: [{}]} | 'vs' must hold a server, or a list of servers
          {loads: [ | scenario.yaml
          """)
  void whatIsNotKnownIsRefusedByName(String text, String named) {
    String message = assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
    assertTrue(message.contains(named), message);
    assertEquals(1, message.lines().count(), message);
  }
}
