package io.atoll.perf.bench.figures;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a node of Atoll counted between two moments, by its own metrics (docs/metrics.md). Most of
 * them the node's loops put down once a second, all at the same moment; so they are divided by the
 * requests that were put down with them, and not by what the client did. Not thread-safe.
 */
public final class CounterMeter {
  private static final int TIMEOUT_MILLIS = 2000;

  /** More is not read: metrics are some ten KiB. */
  private static final int MAX_BYTES = 8 << 20;

  private final URI metrics;
  private Map<String, Double> atStart = Map.of();
  private Map<String, Double> atEnd = Map.of();

  /** Asks once, so that the node has done it before when it counts. */
  public CounterMeter(URI metrics) {
    this.metrics = metrics;
    read();
  }

  public void start() {
    atStart = read();
  }

  public void end() {
    atEnd = read();
  }

  /** Nothing if the node does not answer. */
  private Map<String, Double> read() {
    try {
      URLConnection connection = metrics.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (InputStream in = connection.getInputStream()) {
        return in(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
      }
    } catch (IOException unknown) {
      return Map.of();
    }
  }

  /** By metric, the sum over all labels. */
  static Map<String, Double> in(String text) {
    Map<String, Double> sums = new HashMap<>();
    for (String line : text.lines().toList()) {
      int nameEnd = line.indexOf('{') < 0 ? line.indexOf(' ') : line.indexOf('{');
      int valueStart = line.lastIndexOf(' ') + 1;
      if (nameEnd > 0 && !line.startsWith("#")) {
        try {
          sums.merge(
              line.substring(0, nameEnd), Double.valueOf(line.substring(valueStart)), Double::sum);
        } catch (NumberFormatException notAMetric) {
          // Whatever answers there is no node of Atoll: what is missing is told as unknown.
        }
      }
    }
    return sums;
  }

  /**
   * What it came to; null if that is not known.
   *
   * @param operations that the client counted between start and end
   */
  CounterResult result(long operations) {
    return CounterResult.between(atStart, atEnd, operations);
  }
}
