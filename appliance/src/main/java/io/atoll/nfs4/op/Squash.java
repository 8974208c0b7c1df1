package io.atoll.nfs4.op;

import io.atoll.fs.Principal;
import io.atoll.rpc.RpcCredential;

/**
 * Who of the users that clients name in AUTH_SYS is taken at their word; the others are anonymous,
 * and so is who names none (AUTH_NONE). As Linux's export options {@code no_root_squash}, {@code
 * root_squash} and {@code all_squash} have it.
 *
 * @param anonymousUid unsigned 32-bit; not 0
 * @param anonymousGid unsigned 32-bit; not 0
 */
public record Squash(Mode mode, int anonymousUid, int anonymousGid) implements Identity {
  /** 65534, as Linux's {@code nobody} and {@code nogroup}. */
  public static final int DEFAULT_ANONYMOUS_ID = 65534;

  /** As Amazon EFS: the client's superuser is the file system's. */
  public static final Squash DEFAULT =
      new Squash(Mode.NONE, DEFAULT_ANONYMOUS_ID, DEFAULT_ANONYMOUS_ID);

  private static final int[] NO_GROUPS = {};

  /** Who becomes anonymous. */
  public enum Mode {
    NONE,
    /** User 0, and group 0 wherever it is named, each by itself. */
    ROOT,
    /** Everybody, with no supplementary groups. */
    ALL
  }

  public Squash {
    if (anonymousUid == 0 || anonymousGid == 0) {
      throw new IllegalArgumentException(
          "the anonymous user %d and group %d must not be the superuser's"
              .formatted(anonymousUid, anonymousGid));
    }
  }

  @Override
  public Principal of(RpcCredential credential) {
    if (mode == Mode.ALL || credential.flavor() == RpcCredential.AUTH_NONE) {
      return new Principal(anonymousUid, anonymousGid, NO_GROUPS);
    }
    if (mode == Mode.NONE) {
      return new Principal(credential.uid(), credential.gid(), credential.groups());
    }
    int[] groups = credential.groups().clone();
    for (int i = 0; i < groups.length; i++) {
      groups[i] = notRoot(groups[i], anonymousGid);
    }
    return new Principal(
        notRoot(credential.uid(), anonymousUid), notRoot(credential.gid(), anonymousGid), groups);
  }

  private static int notRoot(int id, int otherwise) {
    return id == 0 ? otherwise : id;
  }
}
