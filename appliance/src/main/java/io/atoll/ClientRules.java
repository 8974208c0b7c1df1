package io.atoll;

import io.atoll.fs.FileLimits;
import io.atoll.nfs4.op.Squash;
import io.atoll.nfs4.state.StateLimits;

/**
 * Who clients are to a file system, and how much they may ask of it.
 *
 * @param squash who of their users is taken at their word
 * @param files how large files, names and the like may get
 * @param state how much they may have open and locked
 */
public record ClientRules(Squash squash, FileLimits files, StateLimits state) {
  public static final ClientRules DEFAULT =
      new ClientRules(Squash.DEFAULT, FileLimits.HIGHEST, StateLimits.DEFAULT);
}
