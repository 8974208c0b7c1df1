package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class HostAndPortTest {

  @Test
  void readsBothKindsOfAddresses() {
    assertEquals(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 2049), convert("127.0.0.1:2049"));
    assertEquals(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), convert("[::1]:0"));
  }

  @Test
  void anIpv6AddressWithoutBracketsIsToldSo() {
    assertRefused("::1:2049", "in '::1:2049' the IPv6 address wants brackets, as in [::1]:2049");
    assertRefused("::", "wants brackets");
    assertRefused("fe80::1%eth0:2049", "wants brackets");
  }

  @Test
  void aPortOutOfRangeIsNamed() {
    assertRefused("127.0.0.1:65536", "the port 65536 of '127.0.0.1:65536' is above 65535");
    assertEquals(65_535, convert("127.0.0.1:65535").getPort());
  }

  @Test
  void whatIsNeitherIsToldTheForm() {
    assertRefused("127.0.0.1", "'127.0.0.1' is not HOST:PORT");
    assertRefused("127.0.0.1:", "is not HOST:PORT");
    assertRefused("x:y:z", "is not HOST:PORT");
    assertRefused("", "'' is not HOST:PORT");
  }

  private static InetSocketAddress convert(String value) {
    return new HostAndPort().convert(value);
  }

  private static void assertRefused(String value, String why) {
    String message = assertThrows(TypeConversionException.class, () -> convert(value)).getMessage();
    assertTrue(message.contains(why), message);
  }
}
