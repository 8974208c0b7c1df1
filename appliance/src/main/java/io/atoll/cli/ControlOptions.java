package io.atoll.cli;

import io.atoll.ControlSettings;
import io.atoll.control.network.Network;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@code serve} that are about the API and the networks of mount targets. */
final class ControlOptions {
  private static final int PORT_MAX = 65_535;

  @Option(
      names = "--api-cert",
      paramLabel = "FILE",
      description =
          "The certificate of the HTTP server, in PEM: with it and --api-key, HTTPS is served, and"
              + " nothing else. Default: HTTP.")
  private Path certificate;

  @Option(
      names = "--api-key",
      paramLabel = "FILE",
      description = "The private key of --api-cert, in PEM.")
  private Path privateKey;

  @Option(
      names = "--region",
      paramLabel = "NAME",
      defaultValue = Network.DEFAULT_REGION,
      description =
          "The region that callers of the API name, and sign for. Default: ${DEFAULT-VALUE}.")
  private String region;

  @Option(
      names = "--account",
      paramLabel = "DIGITS",
      defaultValue = Network.DEFAULT_ACCOUNT,
      description = "The account that owns all resources. Default: ${DEFAULT-VALUE}.")
  private String account;

  @Option(
      names = "--vpc",
      paramLabel = "NETWORK",
      defaultValue = Network.DEFAULT_VPC,
      description =
          "The network that all subnets are in, and that the default security group admits at"
              + " first. Default: ${DEFAULT-VALUE}.")
  private String vpc;

  @Option(
      names = "--subnets",
      paramLabel = "LETTER=NETWORK,...",
      defaultValue = Network.DEFAULT_SUBNETS,
      description =
          "The addresses that mount targets get, each subnet in the zone of that letter; they must"
              + " be this machine's. Default: ${DEFAULT-VALUE}, on loopback.")
  private String subnets;

  @Option(
      names = "--mount-target-port",
      paramLabel = "PORT",
      defaultValue = "" + ControlSettings.NFS_PORT,
      description = "Where mount targets listen. Default: ${DEFAULT-VALUE}.")
  private int port;

  /**
   * @throws ParameterException if they make no sense, alone or together
   */
  ControlSettings settings(CommandLine command) {
    if ((certificate == null) != (privateKey == null)) {
      throw new ParameterException(command, "--api-cert and --api-key want each other");
    }
    if (port < 1 || port > PORT_MAX) {
      throw new ParameterException(
          command, "--mount-target-port " + port + " is none: 1 to " + PORT_MAX);
    }
    try {
      return new ControlSettings(
          Network.of(region, account, vpc, subnets), port, certificate, privateKey);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, e.getMessage());
    }
  }
}
