package io.atoll.cli;

import io.atoll.AtollVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"atoll " + AtollVersion.current()};
  }
}
