package io.atoll.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;

/**
 * Where the HTTP server is to listen.
 *
 * @param address null for nowhere
 */
record ApiAddress(InetSocketAddress address) {
  private static final String NOWHERE = "none";

  /** Reads {@code HOST:PORT} or {@code none}. */
  static final class Text implements ITypeConverter<ApiAddress> {
    @Override
    public ApiAddress convert(String value) {
      return new ApiAddress(value.equals(NOWHERE) ? null : new HostAndPort().convert(value));
    }
  }
}
