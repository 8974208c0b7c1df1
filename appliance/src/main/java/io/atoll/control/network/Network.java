package io.atoll.control.network;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The VPC of a node: its region, account, zones and subnets, all of them configuration. IDs follow
 * from the configuration, so they are the same after each start.
 */
public final class Network {
  public static final String DEFAULT_REGION = "us-east-1";
  public static final String DEFAULT_ACCOUNT = "000000000000";

  /** Loopback addresses, which a machine has without anybody's doing. */
  public static final String DEFAULT_VPC = "127.0.0.0/8";

  /** Away from those that resolvers and others use. */
  public static final String DEFAULT_SUBNETS = "a=127.64.0.0/16";

  /** No more zones than letters. */
  public static final int SUBNETS_MAX = 26;

  private static final Pattern REGION =
      Pattern.compile("([a-z]{2})-((?:iso[a-z]?-|gov-)?)([a-z]+)-([0-9])");
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Pattern ZONE_LETTER = Pattern.compile("[a-z]");
  private static final int ID_DIGITS = 17;

  private final String region;
  private final String account;
  private final String vpcId;
  private final Cidr vpc;
  private final List<Subnet> subnets;
  private final Map<String, Subnet> byId = new HashMap<>();

  private Network(String region, String account, Cidr vpc, List<Subnet> subnets) {
    this.region = region;
    this.account = account;
    this.vpc = vpc;
    this.subnets = List.copyOf(subnets);
    vpcId = vpcId(region, account);
    subnets.forEach(subnet -> byId.put(subnet.id(), subnet));
  }

  /**
   * @param region as {@code us-east-1}
   * @param account twelve digits
   * @param vpc the network that all subnets are in
   * @param subnets {@code LETTER=NETWORK}, separated by commas: the zone's letter, and the
   *     addresses that its mount targets get
   * @throws IllegalArgumentException says what is wrong
   */
  public static Network of(String region, String account, String vpc, String subnets) {
    Matcher parts = REGION.matcher(region);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'" + region + "' is no region, as us-east-1 is");
    }
    if (!ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException("'" + account + "' is no account: twelve digits");
    }
    Cidr whole = ipv4(vpc);
    String zoneIdPrefix =
        parts.group(1)
            + parts
                .group(2)
                .replace("-", "")
                .transform(middle -> middle.isEmpty() ? "" : middle.substring(0, 1))
            + parts.group(3).charAt(0)
            + parts.group(4)
            + "-az";
    List<Subnet> all = new ArrayList<>();
    for (String entry : subnets.split(",", -1)) {
      all.add(subnet(entry.strip(), region, account, whole, zoneIdPrefix, all));
    }
    return new Network(region, account, whole, all);
  }

  /** What a node has if nothing is configured. */
  public static Network ofDefaults() {
    return of(DEFAULT_REGION, DEFAULT_ACCOUNT, DEFAULT_VPC, DEFAULT_SUBNETS);
  }

  private static Subnet subnet(
      String entry,
      String region,
      String account,
      Cidr vpc,
      String zoneIdPrefix,
      List<Subnet> before) {
    int equals = entry.indexOf('=');
    String letter = equals < 0 ? "" : entry.substring(0, equals);
    if (!ZONE_LETTER.matcher(letter).matches()) {
      throw new IllegalArgumentException(
          "'" + entry + "' is no subnet, as a=10.0.1.0/24 is: a zone's letter and a network");
    }
    Cidr addresses = ipv4(entry.substring(equals + 1));
    if (!vpc.contains(addresses)) {
      throw new IllegalArgumentException(
          "the subnet " + addresses + " is not in the VPC's network " + vpc);
    }
    for (Subnet other : before) {
      if (other.addresses().overlaps(addresses)) {
        throw new IllegalArgumentException(
            "the subnets " + other.addresses() + " and " + addresses + " overlap");
      }
    }
    if (before.size() == SUBNETS_MAX) {
      throw new IllegalArgumentException("more than " + SUBNETS_MAX + " subnets");
    }
    String zone = region + letter;
    String id = "subnet-" + digest("subnet", region, account, zone, addresses.toString());
    return new Subnet(id, zone, zoneIdPrefix + (letter.charAt(0) - 'a' + 1), addresses);
  }

  private static Cidr ipv4(String text) {
    Cidr cidr = Cidr.parse(text);
    if (!cidr.isIpv4()) {
      throw new IllegalArgumentException("'" + text + "' is no network of IPv4");
    }
    return cidr;
  }

  private static String vpcId(String region, String account) {
    return "vpc-" + digest("vpc", region, account);
  }

  private static String digest(String... parts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public String region() {
    return region;
  }

  public String account() {
    return account;
  }

  public String vpcId() {
    return vpcId;
  }

  public Cidr vpc() {
    return vpc;
  }

  public List<Subnet> subnets() {
    return subnets;
  }

  /** The subnet of that ID, or null. */
  public Subnet subnet(String id) {
    return byId.get(id);
  }

  /** A subnet of the zone of that name, or null if there is no such zone. */
  public Subnet inZone(String zoneName) {
    return subnets.stream()
        .filter(subnet -> subnet.zoneName().equals(zoneName))
        .findFirst()
        .orElse(null);
  }

  /** The partition that ARNs begin with. */
  public String partition() {
    if (region.startsWith("cn-")) {
      return "aws-cn";
    }
    return region.contains("-gov-") ? "aws-us-gov" : "aws";
  }

  /** The ARN of a resource of EFS, as {@code file-system/fs-…}. */
  public String arn(String resource) {
    return "arn:" + partition() + ":elasticfilesystem:" + region + ":" + account + ":" + resource;
  }
}
