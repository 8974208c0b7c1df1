package io.atoll.api.efs;

import io.atoll.control.service.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Some of a list in the order of keys. The token of the next page is the last key of this one, so
 * what is added or removed meanwhile moves nothing.
 *
 * @param next null if this is the last page
 */
record Page<T>(List<T> items, String next) {

  /**
   * The page behind {@code token}.
   *
   * @param token null for the first
   */
  static <T> Page<T> of(NavigableMap<String, T> all, String token, int size) throws Refusal {
    NavigableMap<String, T> rest = token == null ? all : all.tailMap(key(token), false);
    List<T> items = new ArrayList<>();
    String last = null;
    for (Map.Entry<String, T> entry : rest.entrySet()) {
      if (items.size() == size) {
        return new Page<>(items, token(last));
      }
      items.add(entry.getValue());
      last = entry.getKey();
    }
    return new Page<>(items, null);
  }

  private static String token(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String key(String token) throws Refusal {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("'" + TextRule.shown(token) + "' is the token of no page");
    }
  }
}
