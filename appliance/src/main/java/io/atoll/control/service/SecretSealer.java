package io.atoll.control.service;

import io.atoll.control.store.ResourceStoreException;
import io.atoll.control.store.ResourceStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets at rest with AES-256-GCM under the key in a file that its owner alone may read. The
 * name that a secret belongs to is sealed with it, so that it opens under no other. A sealed secret
 * is Base64 of a nonce of 12 bytes, the ciphertext, and a tag of 16 bytes.
 */
public final class SecretSealer {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;
  private final SecretKeySpec key;
  private final SecureRandom random;

  private SecretSealer(Path file, byte[] key, SecureRandom random) {
    this.file = file;
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /**
   * Reads the key file, or makes it.
   *
   * @param mayCreate whether nothing was sealed yet, so that a key that is missing is not lost
   * @throws ResourceStoreException if it is missing, can't be used, or others may read it
   */
  public static SecretSealer open(Path file, boolean mayCreate, SecureRandom random) {
    try {
      if (!Files.exists(file)) {
        if (!mayCreate) {
          throw damaged(file, "is missing, and access keys are sealed with it: restore it");
        }
        create(file, random);
      }
      Set<PosixFilePermission> others = Files.getPosixFilePermissions(file);
      others.removeAll(OWNER_ALONE);
      if (!others.isEmpty()) {
        throw new ResourceStoreException(
            Kind.UNUSABLE,
            "the key file "
                + file
                + " may be read by others than its owner: chmod 600, and"
                + " replace the access keys if somebody may have",
            null);
      }
      byte[] key = Files.readAllBytes(file);
      if (key.length != KEY_BYTES) {
        throw damaged(file, "has " + key.length + " bytes, not " + KEY_BYTES + ": restore it");
      }
      return new SecretSealer(file, key, random);
    } catch (IOException e) {
      throw new ResourceStoreException(
          Kind.UNUSABLE, "the key file " + file + " can't be used: " + e, e);
    }
  }

  private static ResourceStoreException damaged(Path file, String what) {
    return new ResourceStoreException(Kind.DAMAGED, "the key file " + file + " " + what, null);
  }

  private static void create(Path file, SecureRandom random) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    Files.deleteIfExists(unfinished);
    Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
    try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(key));
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /** Seals the secret of {@code name}. */
  String seal(String name, String secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, name);
      byte[] sealed = cipher.doFinal(secret.getBytes(StandardCharsets.UTF_8));
      byte[] whole =
          ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
      return Base64.getEncoder().encodeToString(whole);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  /**
   * Opens the sealed secret of {@code name}.
   *
   * @throws ResourceStoreException if it was not sealed so
   */
  String open(String name, String sealed) {
    try {
      byte[] whole = Base64.getDecoder().decode(sealed);
      byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, name);
      byte[] secret = cipher.doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
      return new String(secret, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ResourceStoreException(
          Kind.DAMAGED,
          "the access key "
              + name
              + " does not open with the key file "
              + file
              + ": restore the file that belongs to this data directory",
          e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String name) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
