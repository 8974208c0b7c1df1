package io.atoll.control.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void aNetworkHasTheAddressesWithItsPrefix() throws UnknownHostException {
    Cidr network = Cidr.parse("10.1.2.128/25");
    assertTrue(network.contains(address("10.1.2.128")));
    assertTrue(network.contains(address("10.1.2.255")));
    assertFalse(network.contains(address("10.1.2.127")));
    assertFalse(network.contains(address("::ffff")));
    assertTrue(Cidr.parse("0.0.0.0/0").contains(address("255.255.255.255")));
    assertTrue(Cidr.parse("fd00::/8").contains(address("fdff::1")));
    assertFalse(Cidr.parse("fd00::/9").contains(address("fdff::1")));
    assertEquals(address("10.1.2.130"), network.address(2));
    assertEquals(128, network.size());
    assertEquals("fd00::/8", Cidr.parse("fd00:0:0::/8").toString());
  }

  @Test
  void whatIsNoNetworkIsRefused() {
    for (String text :
        List.of(
            "",
            "/",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/8 ",
            "10.0.0/8",
            "10.0.0.1/8",
            "name/8",
            "::/129",
            "fe80::%lo/64",
            "10.0.0.0/08x",
            "1/8/8")) {
      assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text), text);
    }
  }

  @Test
  void idsFollowFromTheConfiguration() {
    Network one = Network.ofDefaults();
    assertEquals(one.subnets(), Network.ofDefaults().subnets());
    Network other = Network.of("eu-west-1", "123456789012", "10.0.0.0/8", "a=10.0.0.0/24");
    assertNotEquals(one.vpcId(), other.vpcId());
    assertTrue(other.vpcId().matches("vpc-[0-9a-f]{17}"));
    assertTrue(other.subnets().getFirst().id().matches("subnet-[0-9a-f]{17}"));
    assertEquals("euw1-az1", other.subnets().getFirst().zoneId());
    assertEquals(
        "usgw1-az2",
        Network.of("us-gov-west-1", "123456789012", "10.0.0.0/8", "b=10.0.0.0/24")
            .subnets()
            .getFirst()
            .zoneId());
  }

  @Test
  void aConfigurationThatMakesNoSenseIsRefused() {
    String[][] wrong = {
      {"us-east", "000000000000", "127.0.0.0/8", "a=127.0.0.0/16"},
      {"us-east-1", "1", "127.0.0.0/8", "a=127.0.0.0/16"},
      {"us-east-1", "000000000000", "::/0", "a=127.0.0.0/16"},
      {"us-east-1", "000000000000", "127.0.0.0/8", ""},
      {"us-east-1", "000000000000", "127.0.0.0/8", "127.0.0.0/16"},
      {"us-east-1", "000000000000", "127.0.0.0/8", "A=127.0.0.0/16"},
      {"us-east-1", "000000000000", "127.0.0.0/8", "a=10.0.0.0/16"},
      {"us-east-1", "000000000000", "127.0.0.0/8", "a=127.1.0.0/16,b=127.1.2.0/24"},
    };
    for (String[] each : wrong) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Network.of(each[0], each[1], each[2], each[3]),
          String.join(" ", each));
    }
  }

  @Test
  void addressesAndPortsAreNumbers() throws UnknownHostException {
    assertEquals(new InetSocketAddress("127.0.0.2", 2050), SocketAddresses.parse("127.0.0.2:2050"));
    assertEquals(new InetSocketAddress(address("::1"), 1), SocketAddresses.parse("[::1]:1"));
    for (String text :
        List.of(
            "",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:0",
            "127.0.0.1:65536",
            "::1:5",
            "localhost:1",
            "127.0.0.1:x",
            "[127.0.0.1]:5",
            "127.0.0.1:000001")) {
      assertThrows(IllegalArgumentException.class, () -> SocketAddresses.parse(text), text);
    }
  }
}
