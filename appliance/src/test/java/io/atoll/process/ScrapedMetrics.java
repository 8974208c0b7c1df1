package io.atoll.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code /metrics} of a node tells, as Prometheus would scrape it. */
public final class ScrapedMetrics {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Loops put down once a second what they count, and changes gather for a tenth of it. */
  private static final long SETTLING_MILLIS = 1500;

  private final URI address;

  private ScrapedMetrics(URI address) {
    this.address = address;
  }

  /** Those of a node that is ready. */
  public static ScrapedMetrics of(AtollProcess node) {
    return new ScrapedMetrics(URI.create(AtollProcess.field(node.output(), "metrics")));
  }

  /** Asks for them; what only a loop knows is a second old at most. */
  public Scrape now() throws IOException, InterruptedException {
    return new Scrape(
        HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body());
  }

  /**
   * As {@link #now}, with all that a loop has counted so far: what was asked of the node has ended,
   * and nothing new is asked meanwhile.
   */
  public Scrape settled() throws IOException, InterruptedException {
    Thread.sleep(SETTLING_MILLIS);
    return now();
  }

  /**
   * All metrics at one moment.
   *
   * @param text in Prometheus's format
   */
  public record Scrape(String text) {
    /**
     * The sum of a metric's values over its labels; of a histogram, name it by {@code _count}.
     *
     * @throws AssertionError if there is no such metric
     */
    public double value(String name) {
      return text.lines()
          .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .reduce(Double::sum)
          .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    /** A metric's values by those of its only label. */
    public Map<String, Double> values(String name, String label) {
      String begin = name + "{" + label + "=\"";
      return text.lines()
          .filter(line -> line.startsWith(begin))
          .collect(
              Collectors.toMap(
                  line -> line.substring(begin.length(), line.indexOf('"', begin.length())),
                  line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
    }
  }
}
