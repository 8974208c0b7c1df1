package io.atoll.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Atoll's version, as the build wrote it down. */
public final class AtollVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"atoll " + current()};
  }

  public static String current() {
    Properties build = new Properties();
    try (InputStream in = AtollVersion.class.getResourceAsStream("/io/atoll/build.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("version");
  }
}
