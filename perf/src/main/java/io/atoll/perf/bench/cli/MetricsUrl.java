package io.atoll.perf.bench.cli;

import java.net.URI;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the URL of a server's metrics. */
final class MetricsUrl implements ITypeConverter<URI> {
  @Override
  public URI convert(String value) {
    try {
      URI url = URI.create(value);
      if ("http".equals(url.getScheme()) && url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException malformed) {
      // Told below.
    }
    throw new TypeConversionException(
        "'" + value + "' is no URL of metrics, as http://127.0.0.1:8049/metrics");
  }
}
