package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.perf.bench.client.NfsUrl;
import io.atoll.perf.bench.figures.LocalServer;
import java.net.InetSocketAddress;
import java.util.OptionalLong;

/**
 * A server under load.
 *
 * @param pid of its process, if that is of this machine
 */
public record Server(NfsUrl url, InetSocketAddress address, OptionalLong pid) {

  /**
   * Looks the host up and, on loopback, for the process.
   *
   * @param knownPid of the server; empty to look for it
   */
  public static Server of(NfsUrl url, OptionalLong knownPid) {
    InetSocketAddress address = new InetSocketAddress(url.host(), url.port());
    if (address.isUnresolved()) {
      throw new NfsFailure(Kind.UNREACHABLE, url + ": the host has no address");
    }
    return new Server(url, address, knownPid.isPresent() ? knownPid : LocalServer.pidAt(address));
  }
}
