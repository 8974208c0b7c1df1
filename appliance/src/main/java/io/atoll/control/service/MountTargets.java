package io.atoll.control.service;

import io.atoll.control.FileSystemHost;
import io.atoll.control.HostRefusal;
import io.atoll.control.MountPoint;
import io.atoll.control.network.Network;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.ResourceIds;
import io.atoll.control.resource.SecurityGroup;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mount targets: addresses on which the NFS port is one file system, or an access point. Confined
 * to the control thread.
 */
public final class MountTargets {
  private static final Logger LOG = LoggerFactory.getLogger(MountTargets.class);

  /** As in a subnet of AWS: the network's own address and the three behind it, and the last. */
  private static final int RESERVED_FIRST = 4;

  private static final int RESERVED_LAST = 1;

  private final ControlThread thread;
  private final Resources resources;
  private final FileSystems fileSystems;
  private final FileSystemDeeds deeds;
  private final SecurityGroups groups;
  private final FileSystemHost host;
  private final Network network;
  private final int nfsPort;
  private final Denials denials;
  private final RandomGenerator random;

  /** What the host asks about connections, by mount target. */
  private final Map<String, SecurityGroupRule> rules = new HashMap<>();

  /** Why nobody listens, by mount target. */
  private final Map<String, String> faults = new HashMap<>();

  private final Set<String> underWay = new HashSet<>();

  MountTargets(
      ControlThread thread,
      Resources resources,
      FileSystems fileSystems,
      FileSystemDeeds deeds,
      SecurityGroups groups,
      FileSystemHost host,
      Network network,
      int nfsPort,
      Denials denials,
      RandomGenerator random) {
    this.thread = thread;
    this.resources = resources;
    this.fileSystems = fileSystems;
    this.deeds = deeds;
    this.groups = groups;
    this.host = host;
    this.network = network;
    this.nfsPort = nfsPort;
    this.denials = denials;
    this.random = random;
  }

  /**
   * What is asked for.
   *
   * @param address of IPv4, null for any that is free in the subnet
   * @param securityGroups their IDs, null for the default one
   * @param accessPointId the access point that is all that is seen there; null for none
   */
  public record Creation(
      String fileSystemId,
      String subnetId,
      String address,
      List<String> securityGroups,
      String accessPointId) {

    /** Of a whole file system. */
    public Creation(
        String fileSystemId, String subnetId, String address, List<String> securityGroups) {
      this(fileSystemId, subnetId, address, securityGroups, null);
    }
  }

  /**
   * Makes a mount target.
   *
   * @return completes when it listens, or fails with a {@link Refusal}
   */
  public Future<MountTarget> create(Creation wanted) throws Refusal {
    FileSystemResource fileSystem = fileSystems.getAvailable(wanted.fileSystemId());
    Subnet subnet = network.subnet(wanted.subnetId());
    if (subnet == null) {
      throw new Refusal(
          EfsError.SUBNET_NOT_FOUND,
          "there is no subnet '"
              + wanted.subnetId()
              + "'; there are "
              + network.subnets().stream().map(Subnet::id).toList());
    }
    String zone = fileSystem.availabilityZone();
    if (zone != null && !zone.equals(subnet.zoneName())) {
      throw new Refusal(
          EfsError.AVAILABILITY_ZONES_MISMATCH,
          "the file system is in zone "
              + zone
              + ", and the subnet "
              + subnet.id()
              + " in "
              + subnet.zoneName());
    }
    checkAccessPoint(wanted);
    for (MountTarget other : resources.mountTargetsOf(fileSystem.id())) {
      if (other.availabilityZoneName().equals(subnet.zoneName())
          && Objects.equals(other.accessPointId(), wanted.accessPointId())) {
        throw new Refusal(
            EfsError.MOUNT_TARGET_CONFLICT,
            "mount target already exists in this AZ: " + other.id() + " in " + subnet.zoneName());
      }
    }
    List<String> attached = groups.forMountTarget(wanted.securityGroups());
    String address = wanted.address() == null ? freeAddress(subnet) : checked(wanted, subnet);
    MountTarget made =
        new MountTarget(
            ResourceIds.fresh(ResourceIds.MOUNT_TARGET, random),
            fileSystem.id(),
            LifeCycleState.CREATING,
            subnet.id(),
            network.vpcId(),
            subnet.zoneName(),
            subnet.zoneId(),
            address,
            ResourceIds.fresh(ResourceIds.NETWORK_INTERFACE, random),
            attached,
            wanted.accessPointId());
    resources.put(made);
    return listen(made);
  }

  private void checkAccessPoint(Creation wanted) throws Refusal {
    String id = wanted.accessPointId();
    AccessPoint found = id == null ? null : resources.get(AccessPoint.class, id);
    if (id != null && (found == null || !found.fileSystemId().equals(wanted.fileSystemId()))) {
      throw new Refusal(
          EfsError.ACCESS_POINT_NOT_FOUND,
          "there is no access point '" + id + "' of " + wanted.fileSystemId());
    }
  }

  private String checked(Creation wanted, Subnet subnet) throws Refusal {
    InetAddress address = address(wanted.address());
    if (address == null || !subnet.addresses().contains(address)) {
      throw Refusal.badRequest(
          "IpAddress "
              + wanted.address()
              + " is not in the subnet's network "
              + subnet.addresses());
    }
    String text = NetUtil.toAddressString(address);
    for (MountTarget other : resources.all(MountTarget.class).values()) {
      if (other.address().equals(text)) {
        throw new Refusal(
            EfsError.IP_ADDRESS_IN_USE, "IpAddress " + text + " is that of " + other.id());
      }
    }
    return text;
  }

  private static InetAddress address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return bytes == null || bytes.length != Integer.BYTES
          ? null
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private String freeAddress(Subnet subnet) throws Refusal {
    Set<String> taken = new HashSet<>();
    resources.all(MountTarget.class).values().forEach(target -> taken.add(target.address()));
    boolean small = subnet.addresses().size() <= RESERVED_FIRST + RESERVED_LAST;
    long first = small ? 0 : RESERVED_FIRST;
    long end = subnet.addresses().size() - (small ? 0 : RESERVED_LAST);
    for (long index = first; index < end; index++) {
      String candidate = NetUtil.toAddressString(subnet.addresses().address(index));
      if (!taken.contains(candidate)) {
        return candidate;
      }
    }
    throw new Refusal(
        EfsError.NO_FREE_ADDRESSES_IN_SUBNET,
        "all addresses of " + subnet.addresses() + " are taken: delete a mount target");
  }

  /** Has the host listen for a new one; if it can't, there is none. */
  private Future<MountTarget> listen(MountTarget made) {
    Promise<MountTarget> promise = Promise.promise();
    begin(made)
        .onComplete(listening ->
            thread.execute(() -> {
              underWay.remove(made.id());
              if (listening.failed()) {
                rules.remove(made.id());
                resources.remove(made);
                promise.fail(refusal(listening.cause()));
                return;
              }
              resources.put(current(made).in(LifeCycleState.AVAILABLE));
              promise.complete(made);
            }));
    return promise.future();
  }

  private Future<InetSocketAddress> begin(MountTarget target) {
    underWay.add(target.id());
    SecurityGroupRule rule =
        rules.computeIfAbsent(target.id(), id -> new SecurityGroupRule(target, denials));
    rule.allow(groups.of(target));
    return host.listen(
        deeds.hostId(target.fileSystemId()),
        new MountPoint(socketAddress(target), rule, target.accessPointId()));
  }

  private MountTarget current(MountTarget target) {
    return resources.get(MountTarget.class, target.id());
  }

  private InetSocketAddress socketAddress(MountTarget target) {
    return new InetSocketAddress(address(target.address()), nfsPort);
  }

  private static Throwable refusal(Throwable cause) {
    return cause instanceof HostRefusal refused ? Refusal.of(refused) : cause;
  }

  /**
   * Brings one to what its record says, after a start or a failure: listens, or ends. Nothing while
   * that is under way.
   *
   * @return completes on the control thread when that was tried
   */
  Future<Void> converge(MountTarget target) {
    if (underWay.contains(target.id())) {
      return Future.succeededFuture();
    }
    if (target.state() == LifeCycleState.DELETING) {
      end(target);
      return Future.succeededFuture();
    }
    Promise<Void> tried = Promise.promise();
    begin(target)
        .onComplete(listening ->
            thread.execute(() -> {
              underWay.remove(target.id());
              if (listening.failed()) {
                fault(target, listening.cause());
              } else {
                faults.remove(target.id());
                MountTarget now = current(target);
                if (now.state() == LifeCycleState.CREATING) {
                  resources.put(now.in(LifeCycleState.AVAILABLE));
                }
              }
              tried.complete();
            }));
    return tried.future();
  }

  private void fault(MountTarget target, Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (!why.equals(faults.put(target.id(), why))) {
      LOG.warn("the mount target {}: {}", target.id(), why);
    }
  }

  /** Those that are not as their records say, and that nobody is at work for. */
  List<MountTarget> toConverge() {
    return resources.all(MountTarget.class).values().stream()
        .filter(target -> !underWay.contains(target.id()))
        .filter(
            target -> target.state() != LifeCycleState.AVAILABLE || faults.containsKey(target.id()))
        .toList();
  }

  /** The mount target of that ID. */
  public MountTarget get(String id) throws Refusal {
    MountTarget found = resources.get(MountTarget.class, id);
    if (found == null) {
      throw new Refusal(EfsError.MOUNT_TARGET_NOT_FOUND, "there is no mount target '" + id + "'");
    }
    return found;
  }

  /** All mount targets, by ID. A view. */
  public NavigableMap<String, MountTarget> all() {
    return resources.all(MountTarget.class);
  }

  /**
   * Those of a whole file system, by ID: whoever looks for a way to it must not come upon one that
   * leads to an access point, which EFS does not have.
   */
  public List<MountTarget> of(String fileSystemId) throws Refusal {
    return resources.mountTargetsOf(fileSystems.get(fileSystemId).id()).stream()
        .filter(target -> target.accessPointId() == null)
        .toList();
  }

  /** Those that lead to an access point, by ID. */
  public List<MountTarget> toAccessPoints() {
    return all().values().stream().filter(target -> target.accessPointId() != null).toList();
  }

  /** The state to show: {@link LifeCycleState#ERROR} while nobody can listen there. */
  public LifeCycleState state(MountTarget target) {
    return faults.containsKey(target.id()) && target.state() != LifeCycleState.DELETING
        ? LifeCycleState.ERROR
        : target.state();
  }

  /** Begins the end of one: clients that came by it are cut. */
  public void delete(String id) throws Refusal {
    MountTarget doomed = get(id);
    if (doomed.state() == LifeCycleState.DELETING) {
      return;
    }
    if (underWay.contains(id)) {
      throw new Refusal(
          EfsError.INCORRECT_MOUNT_TARGET_STATE,
          "the mount target "
              + id
              + " is "
              + doomed.state().apiName()
              + ": wait until it is available");
    }
    MountTarget deleting = doomed.in(LifeCycleState.DELETING);
    resources.put(deleting);
    end(deleting);
  }

  private void end(MountTarget deleting) {
    underWay.add(deleting.id());
    host.unlisten(deeds.hostId(deleting.fileSystemId()), socketAddress(deleting))
        .onComplete(ended ->
            thread.execute(() -> {
              underWay.remove(deleting.id());
              if (ended.failed()) {
                fault(deleting, ended.cause());
                return;
              }
              faults.remove(deleting.id());
              rules.remove(deleting.id());
              resources.remove(deleting);
            }));
  }

  /** Its security groups, by ID. */
  public List<String> securityGroups(String id) throws Refusal {
    return inUse(id).securityGroups();
  }

  private MountTarget inUse(String id) throws Refusal {
    MountTarget target = get(id);
    if (target.state() == LifeCycleState.DELETING) {
      throw new Refusal(
          EfsError.INCORRECT_MOUNT_TARGET_STATE, "the mount target " + id + " is being deleted");
    }
    return target;
  }

  /** Replaces its security groups; connections that they don't admit are cut. */
  public void modifySecurityGroups(String id, List<String> ids) throws Refusal {
    MountTarget changed = inUse(id).withSecurityGroups(groups.forMountTarget(ids));
    resources.put(changed);
    apply(changed);
  }

  /** Has the networks of a changed group in force wherever it is attached. */
  void groupChanged(SecurityGroup group) {
    for (MountTarget target : resources.all(MountTarget.class).values()) {
      if (target.securityGroups().contains(group.id())) {
        apply(target);
      }
    }
  }

  private void apply(MountTarget target) {
    SecurityGroupRule rule = rules.get(target.id());
    if (rule != null) {
      rule.allow(groups.of(target));
      host.recheck(deeds.hostId(target.fileSystemId()), socketAddress(target))
          .onFailure(
              failure -> LOG.warn("connections to {} were not asked again", target.id(), failure));
    }
  }
}
