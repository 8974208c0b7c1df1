package io.atoll.perf.tiers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node's metrics say of its event loops at one moment, by metric and loop. */
final class LoopReadings {
  private static final Pattern READING =
      Pattern.compile(
          "(atoll_loop_\\w+)\\{(?:file_system=\"([^\"]*)\",)?loop=\"(\\d+)\"\\} (\\S+)");

  private final Map<String, Double> values;

  private LoopReadings(Map<String, Double> values) {
    this.values = values;
  }

  /** Scrapes the node. */
  static LoopReadings of(InetSocketAddress api) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + api.getPort() + "/metrics");
      String text =
          client
              .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return in(text);
    }
  }

  static LoopReadings in(String text) {
    Map<String, Double> values = new HashMap<>();
    Matcher reading = READING.matcher(text);
    while (reading.find()) {
      String key = key(reading.group(1), reading.group(2), Integer.parseInt(reading.group(3)));
      values.put(key, Double.valueOf(reading.group(4)));
    }
    return new LoopReadings(values);
  }

  private static String key(String metric, String fileSystem, int loop) {
    return metric + " " + fileSystem + " " + loop;
  }

  /** How much a counter of a loop rose since {@code before}; of no file system if that is null. */
  double since(LoopReadings before, String metric, String fileSystem, int loop) {
    String key = key(metric, fileSystem, loop);
    return values.getOrDefault(key, 0.0) - before.values.getOrDefault(key, 0.0);
  }
}
