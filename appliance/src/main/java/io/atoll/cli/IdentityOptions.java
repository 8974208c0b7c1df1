package io.atoll.cli;

import io.atoll.nfs4.op.Squash;
import picocli.CommandLine.Option;

/** Who the clients' users are to the file system. */
final class IdentityOptions {
  @Option(
      names = "--squash",
      paramLabel = "none|root|all",
      defaultValue = "none",
      converter = SquashMode.class,
      description =
          "Whose word for who they are is not taken: nobody's, so that a client's root is the file"
              + " system's; root's; or everyone's. They are --anonymous-uid and --anonymous-gid"
              + " instead. Default: ${DEFAULT-VALUE}.")
  private Squash.Mode squash;

  @Option(
      names = "--anonymous-uid",
      paramLabel = "N",
      defaultValue = "65534",
      converter = AnonymousId.class,
      description = "The user that they are. Default: ${DEFAULT-VALUE}.")
  private long anonymousUid;

  @Option(
      names = "--anonymous-gid",
      paramLabel = "N",
      defaultValue = "65534",
      converter = AnonymousId.class,
      description = "The group that they are in, and no other. Default: ${DEFAULT-VALUE}.")
  private long anonymousGid;

  Squash squash() {
    return new Squash(squash, (int) anonymousUid, (int) anonymousGid);
  }
}
