package io.atoll.cli;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}; an IPv6 address stands in brackets. */
final class HostAndPort implements ITypeConverter<InetSocketAddress> {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:.%\\w]+]|[^:\\[\\]]+):(\\d{1,5})");
  private static final int PORT_MAX = 65_535;

  @Override
  public InetSocketAddress convert(String value) {
    Matcher form = FORM.matcher(value);
    if (!form.matches() || Integer.parseInt(form.group(2)) > PORT_MAX) {
      throw new TypeConversionException("'" + value + "' is not HOST:PORT, as in 127.0.0.1:2049");
    }
    String host = form.group(1);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(form.group(2)));
    if (address.isUnresolved()) {
      throw new TypeConversionException("the host '" + host + "' has no address");
    }
    return address;
  }
}
