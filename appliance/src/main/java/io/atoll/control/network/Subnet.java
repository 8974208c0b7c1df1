package io.atoll.control.network;

/**
 * A network of one zone, whose addresses mount targets get.
 *
 * @param id {@code subnet-} and 17 hexadecimal digits
 * @param zoneName as {@code us-east-1a}
 * @param zoneId as {@code use1-az1}
 * @param addresses of IPv4
 */
public record Subnet(String id, String zoneName, String zoneId, Cidr addresses) {}
