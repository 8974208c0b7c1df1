package io.atoll.control.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.control.resource.ResourceKind;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** What can be stored changes with the number of the format, and not without. */
class StoredFormatTest {
  /** Of all that can be stored in the store's {@code FORMAT}: the two change together. */
  private static final long CHECKSUM = 4_284_129_551L;

  @Test
  void whatIsStoredIsOfTheFormatThatIsSaid() {
    Set<String> stored = new TreeSet<>();
    for (ResourceKind kind : ResourceKind.values()) {
      collect(kind.storedName(), kind.type(), stored);
    }
    CRC32 checksum = new CRC32();
    checksum.update(String.join("\n", stored).getBytes(StandardCharsets.UTF_8));
    assertEquals(
        CHECKSUM,
        checksum.getValue(),
        "an older version takes what is new here for damage: raise FORMAT, and note its checksum;"
            + " stored are "
            + stored);
  }

  private static void collect(String path, Type type, Set<String> stored) {
    if (type instanceof ParameterizedType list) {
      collect(path + "[]", list.getActualTypeArguments()[0], stored);
    } else if (type instanceof Class<?> record && record.isRecord()) {
      for (RecordComponent component : record.getRecordComponents()) {
        collect(path + "." + component.getName(), component.getGenericType(), stored);
      }
    } else if (type instanceof Class<?> choice && choice.isEnum()) {
      for (Object constant : choice.getEnumConstants()) {
        stored.add(path + "=" + ((Enum<?>) constant).name());
      }
    } else {
      stored.add(path + ":" + type.getTypeName());
    }
  }
}
