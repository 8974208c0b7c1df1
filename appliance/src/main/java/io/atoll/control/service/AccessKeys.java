package io.atoll.control.service;

import io.atoll.control.resource.AccessKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Access keys for the API, their secrets sealed at rest. Confined to the control thread. */
public final class AccessKeys {
  private static final String ID_PREFIX = "AKIA";
  private static final int ID_CHARACTERS = 16;

  /** Base 32, as in the IDs of AWS. */
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  /** 40 characters in Base64, as AWS's have. */
  private static final int SECRET_BYTES = 30;

  private final Resources resources;
  private final SecretSealer sealer;
  private final ControlLimits limits;
  private final Clock clock;
  private final SecureRandom random;

  /** Opened secrets, by ID. */
  private final Map<String, String> secrets = new HashMap<>();

  AccessKeys(
      Resources resources,
      SecretSealer sealer,
      ControlLimits limits,
      Clock clock,
      SecureRandom random) {
    this.resources = resources;
    this.sealer = sealer;
    this.limits = limits;
    this.clock = clock;
    this.random = random;
    for (AccessKey key : all()) {
      secrets.put(key.id(), sealer.open(key.id(), key.sealedSecret()));
    }
  }

  /** A key with its secret, which is told when it is made and never again. */
  public record Pair(String id, String secret) {
    @Override
    public String toString() {
      return "Pair[" + id + "]";
    }
  }

  /** Makes a pair. */
  public Pair create() throws Refusal {
    if (all().size() >= limits.accessKeys()) {
      throw Refusal.badRequest(
          "this node keeps " + limits.accessKeys() + " access keys at most: revoke one");
    }
    Pair pair = new Pair(freshId(), freshSecret());
    resources.put(new AccessKey(pair.id(), sealer.seal(pair.id(), pair.secret()), clock.millis()));
    secrets.put(pair.id(), pair.secret());
    return pair;
  }

  private String freshId() {
    StringBuilder id = new StringBuilder(ID_PREFIX);
    for (int i = 0; i < ID_CHARACTERS; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  private String freshSecret() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return Base64.getEncoder().encodeToString(secret);
  }

  public Collection<AccessKey> all() {
    return resources.all(AccessKey.class).values();
  }

  /** The secret of that key, or null if there is no such key. */
  public String secret(String id) {
    return secrets.get(id);
  }

  /** Ends a key: no call that it signs is taken any more. */
  public void revoke(String id) throws Refusal {
    AccessKey key = resources.get(AccessKey.class, id);
    if (key == null) {
      throw Refusal.badRequest("there is no access key '" + id + "'");
    }
    resources.remove(key);
    secrets.remove(id);
  }
}
