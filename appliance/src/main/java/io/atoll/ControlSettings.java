package io.atoll;

import io.atoll.control.network.Network;
import java.nio.file.Path;

/**
 * What an operator decides about a node's control plane.
 *
 * @param network region, account, VPC and subnets
 * @param mountTargetPort of all mount targets
 * @param certificate of the HTTP server, a PEM file; null to serve without TLS
 * @param privateKey of that certificate, a PEM file; null with it
 */
public record ControlSettings(
    Network network, int mountTargetPort, Path certificate, Path privateKey) {
  public static final int NFS_PORT = 2049;

  public static final ControlSettings DEFAULT =
      new ControlSettings(Network.ofDefaults(), NFS_PORT, null, null);
}
