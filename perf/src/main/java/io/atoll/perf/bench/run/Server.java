package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.perf.bench.client.NfsUrl;
import io.atoll.perf.bench.figures.LocalServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A server under load.
 *
 * @param name in reports
 * @param pid of its process, if that is of this machine
 * @param acknowledges what its replies promise, in words; null if that is not known
 * @param keepsData whether what was written can be read again
 * @param storage a directory on the disk that it keeps its data on; null if that is not known
 * @param metrics where it tells what it has done, if it is Atoll; null if that is not known
 */
public record Server(
    String name,
    NfsUrl url,
    InetSocketAddress address,
    OptionalLong pid,
    String acknowledges,
    boolean keepsData,
    Path storage,
    URI metrics) {

  /**
   * One that somebody else runs: looks the host up and, on loopback, for the process.
   *
   * @param knownPid of the server; empty to look for it
   * @param metrics where it tells its metrics; null if that is not known
   */
  public static Server of(NfsUrl url, OptionalLong knownPid, URI metrics) {
    InetSocketAddress address = new InetSocketAddress(url.host(), url.port());
    if (address.isUnresolved()) {
      throw new NfsFailure(Kind.UNREACHABLE, url + ": the host has no address");
    }
    OptionalLong pid = knownPid.isPresent() ? knownPid : LocalServer.pidAt(address);
    return new Server(url.toString(), url, address, pid, null, true, null, metrics);
  }

  /** The same under another name, and with its metrics known. */
  public Server named(String newName, URI newMetrics) {
    return new Server(newName, url, address, pid, acknowledges, keepsData, storage, newMetrics);
  }
}
