package io.atoll.cli;

import io.atoll.ApplianceFacts;
import io.atoll.ApplianceSettings;
import io.atoll.AtollVersion;
import io.atoll.GraceFacts;
import io.atoll.MemoryBounds;
import io.atoll.RecoveryFacts;
import io.atoll.control.service.AccessKeys;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.volume.VolumeOptions;
import io.atoll.io.volume.VolumeRecovery;
import io.netty.util.NetUtil;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a node prints when it is ready. */
final class Banner {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private final ApplianceSettings settings;
  private final ApplianceFacts facts;

  Banner(ApplianceSettings settings, ApplianceFacts facts) {
    this.settings = settings;
    this.facts = facts;
  }

  void print(PrintWriter out) {
    long pid = ProcessHandle.current().pid();
    InetSocketAddress nfs = facts.nfsAddress();
    MemoryBounds memory = facts.memory();
    out.printf("Atoll %s, process %d%n", AtollVersion.current(), pid);
    line(out, "data", settings.dataDirectory().toString());
    line(out, "disk", facts.disk());
    line(out, "I/O", facts.transport());
    line(
        out,
        "memory",
        "at most "
            + size(memory.totalBytes())
            + ": heap "
            + size(memory.heapBytes())
            + ", network "
            + size(memory.networkBytes())
            + ", data "
            + size(memory.bufferBytes())
            + ", cache "
            + size(memory.cacheBytes())
            + ", index "
            + size(memory.indexBytes())
            + ", control "
            + size(memory.controlBytes())
            + ", JVM about "
            + size(memory.overheadBytes()));
    if (memory.totalBytes() > facts.machineMemoryBytes()) {
      line(out, "WARNING", tooLittleMemory());
    }
    if (!facts.writeBarriers()) {
      line(out, "WARNING", noBarriers());
    }
    if (nfs == null) {
      line(
          out,
          "file system",
          "none at --nfs, as the one that was served there was deleted; others are served where"
              + " they were told to be");
    } else {
      served(out, nfs);
    }
    if (facts.missingBytes() > 0) {
      line(out, "WARNING", noRoom());
    }
    if (facts.apiAddress() != null) {
      InetSocketAddress api = facts.apiAddress();
      String scheme = settings.control().certificate() == null ? "http://" : "https://";
      String url = scheme + host(api.getAddress()) + ":" + api.getPort();
      line(out, "EFS API", url);
      line(out, "metrics", url + "/metrics");
    }
    if (facts.firstKey() != null) {
      AccessKeys.Pair key = facts.firstKey();
      line(out, "access key", key.id() + " " + key.secret() + " (its secret is told this once)");
    }
    if (nfs != null) {
      line(out, "mount", mountCommand(nfs));
    }
    line(out, "stop", "Ctrl-C, or: kill " + pid);
    if (settings.ioMode() == IoMode.NIO) {
      out.println(
          "NOT on io_uring, as --io=nio asks: disk I/O goes through a pool of threads and is"
              + " slower.");
    }
    out.println("Ready.");
    out.flush();
  }

  private void served(PrintWriter out, InetSocketAddress nfs) {
    line(out, "file system", facts.fileSystemId() + (facts.isNew() ? " (new)" : ""));
    if (facts.recovery() != null) {
      line(out, "recovery", recovery(facts.recovery()));
    }
    if (facts.grace() != null) {
      line(out, "grace", grace(facts.grace()));
    }
    line(out, "NFS 4.0, 4.1", host(nfs.getAddress()) + ":" + nfs.getPort());
    if (!nfs.getAddress().isLoopbackAddress()) {
      line(
          out,
          "WARNING",
          "who reaches this address is trusted to be the user that it says it is (AUTH_SYS): let"
              + " only such machines reach it");
    }
  }

  private String tooLittleMemory() {
    return "there are "
        + size(facts.machineMemoryBytes())
        + " of memory here, and the node may take "
        + size(facts.memory().totalBytes())
        + ": before it does, the kernel kills it or another process. Lower --cache-bytes or --loops,"
        + " or the heap (ATOLL_JAVA_OPTS='-Xms128m -Xmx256m'), or give the machine or its container"
        + " more";
  }

  private String noBarriers() {
    return "the file system of "
        + settings.dataDirectory()
        + " is mounted without write barriers (nobarrier, barrier=0): what was acknowledged as"
        + " durable is LOST with the power, and the store may be damaged. Mount it with barriers,"
        + " unless its device loses nothing with the power";
  }

  /** What is served can be read, and removed from; but who mounts it would find it full. */
  private String noRoom() {
    return "no room for files: the disk of "
        + settings.dataDirectory()
        + " is full or too small. Of what it has free, "
        + size(VolumeOptions.defaults().diskReserveBytes())
        + " are left to the log and the index, so all that adds is refused with ENOSPC until it has"
        + " "
        + size(Math.ceilDiv(facts.missingBytes(), MIB) * MIB)
        + " more: give the disk room, remove files, or choose another one (--data)";
  }

  private static String recovery(RecoveryFacts recovery) {
    VolumeRecovery replay = recovery.replay();
    String who =
        recovery.process() == null ? "the node before this one" : "process " + recovery.process();
    String torn =
        replay.cutGroups() == 0
            ? ""
            : ", cut " + count(replay.cutGroups(), "group") + " that nobody was told of";
    return who
        + " did not stop in order: replayed "
        + count(replay.records(), "record")
        + " of "
        + count(replay.groups(), "commit group")
        + torn
        + ", opened in "
        + TimeUnit.NANOSECONDS.toMillis(replay.nanos())
        + " ms";
  }

  private static String grace(GraceFacts grace) {
    LocalTime end =
        LocalTime.ofInstant(grace.end(), ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
    return count(grace.clients(), "client")
        + " may reclaim opens and locks until "
        + end.format(DateTimeFormatter.ISO_LOCAL_TIME)
        + ", longer only while reclaims come; new ones wait until all have";
  }

  private static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("  %-12s %s%n", name, value);
  }

  static String mountCommand(InetSocketAddress nfs) {
    InetAddress address = nfs.getAddress();
    String server = address.isAnyLocalAddress() ? "THIS-HOST" : host(address);
    return "mount -t nfs4 -o vers=4.1,proto=tcp,port="
        + nfs.getPort()
        + ",hard,timeo=600,retrans=2,noresvport "
        + server
        + ":/ /mnt";
  }

  /** As RFC 5952 writes it, and in brackets as a mount command wants it. */
  private static String host(InetAddress address) {
    String text = NetUtil.toAddressString(address);
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }

  private static String size(long bytes) {
    return bytes >= 10 * GIB
        ? bytes / GIB + " GiB"
        : bytes >= GIB
            ? String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB)
            : bytes / MIB + " MiB";
  }
}
