package io.atoll.control.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.atoll.control.resource.Resource;
import io.atoll.control.resource.ResourceKind;
import io.atoll.control.store.ResourceStoreException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * How a resource is written down: the key is {@code kind/id}, the value its JSON, whose names are
 * those of the record's components. What is not said is null. A name that is not known, or one that
 * must be there and is not, is damage.
 */
final class ResourceCodec {
  private final ObjectMapper json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, null))
          .build();

  static byte[] key(ResourceKind kind, String id) {
    return (kind.storedName() + "/" + id).getBytes(StandardCharsets.UTF_8);
  }

  byte[] encode(Resource resource) {
    try {
      return json.writeValueAsBytes(resource);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON for " + resource, e);
    }
  }

  /**
   * @throws ResourceStoreException if the two don't belong together or make no resource
   */
  Resource decode(byte[] key, byte[] value) {
    String name = new String(key, StandardCharsets.UTF_8);
    int slash = name.indexOf('/');
    ResourceKind kind = slash < 0 ? null : ResourceKind.ofStoredName(name.substring(0, slash));
    if (kind == null) {
      throw damaged(name, "is of no kind that is known", null);
    }
    Resource resource;
    try {
      resource = json.readValue(value, kind.type());
    } catch (IOException | RuntimeException e) {
      throw damaged(name, "can't be understood", e);
    }
    if (resource == null || !name.substring(slash + 1).equals(resource.id())) {
      throw damaged(name, "bears another name inside", null);
    }
    return resource;
  }

  private static ResourceStoreException damaged(String name, String what, Exception cause) {
    return new ResourceStoreException(Kind.DAMAGED, "the resource " + name + " " + what, cause);
  }
}
