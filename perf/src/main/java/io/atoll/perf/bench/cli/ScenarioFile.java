package io.atoll.perf.bench.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.atoll.perf.bench.workload.LoadSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A scenario in YAML or JSON: on which servers, and which loads one after the other.
 *
 * <pre>
 * url: nfs://127.0.0.1:2049/
 * vs: [ganesha, ganesha-sync]
 * rounds: 5
 * defaults: {time: 5s, connections: 4}
 * loads:
 *   - {workload: rand-read, depth: 32, working-set: 64m}
 *   - {workload: small-write, shape: node-modules}
 * </pre>
 *
 * The keys of loads and defaults are the names of the command line's options without dashes. What
 * is not known is refused by name.
 *
 * @param url the first server; null if it names none
 * @param vs further servers
 * @param rounds 0 if it does not say
 */
record ScenarioFile(String url, List<String> vs, int rounds, List<LoadSettings> loads) {
  private static final String URL = "url";
  private static final String VS = "vs";
  private static final String ROUNDS = "rounds";
  private static final String DEFAULTS = "defaults";
  private static final String LOADS = "loads";
  private static final List<String> KEYS = List.of(URL, VS, ROUNDS, DEFAULTS, LOADS);

  /**
   * Reads a scenario.
   *
   * @param overrides options of the command line, which win over the file's
   * @throws IllegalArgumentException if it can't be understood whole; the message names the key
   */
  static ScenarioFile read(Path file, List<String> overrides) {
    Map<String, Object> top = parse(file);
    for (String key : top.keySet()) {
      if (!KEYS.contains(key)) {
        throw wrong(file, "unknown key '" + key + "'; there are " + String.join(", ", KEYS));
      }
    }
    List<String> defaults = options(file, DEFAULTS, top.getOrDefault(DEFAULTS, Map.of()));
    if (!(top.get(LOADS) instanceof List<?> entries) || entries.isEmpty()) {
      throw wrong(file, "the key 'loads' must hold a list of loads");
    }
    List<LoadSettings> loads = new ArrayList<>();
    int number = 0;
    for (Object entry : entries) {
      String where = "load " + ++number;
      List<String> all = new ArrayList<>(defaults);
      all.addAll(options(file, where, entry));
      all.addAll(overrides);
      loads.addAll(loads(file, where, all));
    }
    return new ScenarioFile(url(file, top), others(file, top), rounds(file, top), loads);
  }

  private static Map<String, Object> parse(Path file) {
    YAMLMapper mapper =
        YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
    try {
      Map<String, Object> top =
          mapper.readValue(
              Files.readString(file), new TypeReference<LinkedHashMap<String, Object>>() {});
      if (top == null) {
        throw wrong(file, "it is empty");
      }
      return top;
    } catch (NoSuchFileException e) {
      throw wrong(file, "it is not there");
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
      throw wrong(file, e.getOriginalMessage().lines().findFirst().orElse("malformed") + place);
    } catch (IOException e) {
      throw wrong(file, "it can't be read: " + e.getMessage());
    }
  }

  private static List<String> options(Path file, String where, Object entry) {
    if (!(entry instanceof Map<?, ?> keys)) {
      throw wrong(file, where + " must hold keys and values");
    }
    CommandLine known = new CommandLine(new LoadOptions());
    List<String> options = new ArrayList<>();
    keys.forEach((key, value) -> {
      String name = "--" + key;
      if (!known.getCommandSpec().optionsMap().containsKey(name)) {
        TreeSet<String> names = new TreeSet<>();
        known.getCommandSpec().optionsMap().keySet().forEach(each -> names.add(each.substring(2)));
        throw wrong(
            file, where + ": unknown key '" + key + "'; there are " + String.join(", ", names));
      }
      if (value == null || value instanceof Map) {
        throw wrong(file, where + ": '" + key + "' needs a value");
      }
      options.add(
          name
              + "="
              + (value instanceof List<?> several
                  ? String.join(",", several.stream().map(String::valueOf).toList())
                  : value));
    });
    return options;
  }

  private static List<LoadSettings> loads(Path file, String where, List<String> options) {
    LoadOptions load = new LoadOptions();
    try {
      new CommandLine(load)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(options.toArray(String[]::new));
      return load.settings();
    } catch (ParameterException | IllegalArgumentException e) {
      throw wrong(file, where + ": " + e.getMessage());
    }
  }

  private static String url(Path file, Map<String, Object> top) {
    Object value = top.get(URL);
    if (value != null && !(value instanceof String)) {
      throw wrong(file, "the key 'url' must hold a server");
    }
    return (String) value;
  }

  private static List<String> others(Path file, Map<String, Object> top) {
    Object value = top.getOrDefault(VS, List.of());
    List<?> servers = value instanceof List<?> several ? several : List.of(value);
    if (!servers.stream().allMatch(String.class::isInstance)) {
      throw wrong(file, "the key 'vs' must hold a server, or a list of servers");
    }
    return servers.stream().map(String.class::cast).toList();
  }

  private static int rounds(Path file, Map<String, Object> top) {
    Object value = top.getOrDefault(ROUNDS, 0);
    if (!(value instanceof Integer rounds) || rounds < 0) {
      throw wrong(file, "the key 'rounds' must hold a number, not '" + value + "'");
    }
    return rounds;
  }

  private static IllegalArgumentException wrong(Path file, String what) {
    return new IllegalArgumentException("the scenario " + file + ": " + what);
  }
}
