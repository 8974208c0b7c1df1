package io.atoll;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Atoll's version, as the build wrote it down. */
public final class AtollVersion {
  private AtollVersion() {}

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
