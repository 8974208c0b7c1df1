package io.atoll.cli;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}; an IPv6 address stands in brackets. */
final class HostAndPort implements ITypeConverter<InetSocketAddress> {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:.%\\w]+]|[^:\\[\\]]+):(\\d{1,9})");

  /** At least two colons, and nothing but what an IPv6 address and a port are written with. */
  private static final Pattern BARE_IPV6 =
      Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.%\\w]*");

  private static final int PORT_MAX = 65_535;

  @Override
  public InetSocketAddress convert(String value) {
    Matcher form = FORM.matcher(value);
    if (!form.matches()) {
      throw new TypeConversionException(
          BARE_IPV6.matcher(value).matches()
              ? "in '" + value + "' the IPv6 address wants brackets, as in [::1]:2049"
              : "'" + value + "' is not HOST:PORT, as in 127.0.0.1:2049");
    }
    int port = Integer.parseInt(form.group(2));
    if (port > PORT_MAX) {
      throw new TypeConversionException(
          "the port " + port + " of '" + value + "' is above " + PORT_MAX);
    }
    String host = form.group(1);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new TypeConversionException("the host '" + host + "' has no address");
    }
    return address;
  }
}
