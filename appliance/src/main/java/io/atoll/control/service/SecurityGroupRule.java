package io.atoll.control.service;

import io.atoll.control.AccessRule;
import io.atoll.control.network.Cidr;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.SecurityGroup;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Who may connect to one mount target: clients in a network of any of its security groups. What the
 * groups say is replaced as a whole, so that event loops read it without a lock.
 */
final class SecurityGroupRule implements AccessRule {
  private static final int IPV4_MAPPED_AT = 12;

  private final String fileSystemId;
  private final String mountTargetId;
  private final Denials denials;
  private volatile Sources sources;

  /**
   * @param groups their IDs, for who asks why
   * @param networks of all of them
   */
  private record Sources(String groups, List<Cidr> networks) {}

  SecurityGroupRule(MountTarget target, Denials denials) {
    fileSystemId = target.fileSystemId();
    mountTargetId = target.id();
    this.denials = denials;
    allow(List.of());
  }

  /** From now on, {@code groups} say who may connect. */
  void allow(List<SecurityGroup> groups) {
    sources =
        new Sources(
            String.join(", ", groups.stream().map(SecurityGroup::id).toList()),
            groups.stream()
                .flatMap(group -> group.sources().stream())
                .distinct()
                .map(Cidr::parse)
                .toList());
  }

  @Override
  public boolean admits(InetSocketAddress peer) {
    Sources now = sources;
    InetAddress address = withoutMapping(peer.getAddress());
    for (Cidr network : now.networks()) {
      if (network.contains(address)) {
        return true;
      }
    }
    denials.record(
        "connect",
        fileSystemId,
        mountTargetId,
        "security-group " + now.groups(),
        NetUtil.toAddressString(address) + " is in none of " + now.networks());
    return false;
  }

  /** An IPv4 address that a socket of both versions gives as IPv6 counts as what it is. */
  private static InetAddress withoutMapping(InetAddress address) {
    if (address instanceof Inet6Address ipv6 && isMapped(ipv6.getAddress())) {
      byte[] bytes = ipv6.getAddress();
      byte[] last = Arrays.copyOfRange(bytes, IPV4_MAPPED_AT, bytes.length);
      try {
        return InetAddress.getByAddress(last);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("four bytes are an address", e);
      }
    }
    return address;
  }

  private static boolean isMapped(byte[] address) {
    for (int i = 0; i < IPV4_MAPPED_AT - 2; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[IPV4_MAPPED_AT - 2] == -1 && address[IPV4_MAPPED_AT - 1] == -1;
  }
}
