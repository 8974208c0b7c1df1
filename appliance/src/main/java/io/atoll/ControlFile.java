package io.atoll;

import io.atoll.StartFailure.Kind;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How tools of the same user find and command the node that runs in a data directory: {@code
 * control.json}, its owner's alone, there as long as the node runs. Blocks.
 *
 * @param url where its HTTP server listens
 * @param token a secret of this run of the node
 * @param certificate the file of the one that the server shows; null if it does without TLS
 */
public record ControlFile(URI url, String token, Path certificate) {
  private static final Logger LOG = LoggerFactory.getLogger(ControlFile.class);
  private static final String NAME = "control.json";
  private static final int TOKEN_BYTES = 32;

  /** One that nobody can guess. */
  static String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  void writeTo(Path directory) {
    Path file = directory.resolve(NAME);
    Path fresh = directory.resolve(NAME + ".new");
    JsonObject json = new JsonObject().put("url", url.toString()).put("token", token);
    if (certificate != null) {
      json.put("certificate", certificate.toAbsolutePath().toString());
    }
    String text = json.encode() + "\n";
    try {
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartFailure(Kind.DATA_DIRECTORY, file + " can't be written: " + IoReason.of(e));
    }
  }

  /** Where it can't be removed it stays, as after a crash: it leads to nobody. */
  static void removeFrom(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} can't be removed ({}), and leads to a node that has gone", file, IoReason.of(e));
    }
  }

  /**
   * Of the node that runs in {@code directory}, or did when it was killed.
   *
   * @throws StartFailure if there is none
   */
  public static ControlFile readFrom(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      JsonObject json = new JsonObject(Files.readString(file));
      String certificate = json.getString("certificate");
      return new ControlFile(
          URI.create(json.getString("url")),
          json.getString("token"),
          certificate == null ? null : Path.of(certificate));
    } catch (NoSuchFileException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "no node that can be commanded runs in "
              + directory
              + ": start one with 'atoll serve' (and not with --api none), or name its data"
              + " directory (--data)");
    } catch (IOException | DecodeException | IllegalArgumentException | NullPointerException e) {
      throw new StartFailure(Kind.DATA_DIRECTORY, file + " can't be read: " + e.getMessage());
    }
  }
}
