package io.atoll.control.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/formats.md} says of the control store is what is written there. */
class StoredResourcesTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "formats.md");
  private static final Pattern MEMBER = Pattern.compile("`([a-z][a-zA-Z]+)`");

  @Test
  void documentNamesEachKindWithItsMembers() throws Exception {
    List<String> lines = Files.readAllLines(DOCUMENT);
    for (ResourceKind kind : ResourceKind.values()) {
      List<String> rows =
          lines.stream()
              .filter(line -> line.startsWith("| `" + kind.storedName() + "` |"))
              .toList();
      assertEquals(1, rows.size(), kind.storedName());
      Set<String> told =
          MEMBER
              .matcher(rows.getFirst().substring(rows.getFirst().indexOf('|', 2)))
              .results()
              .map((MatchResult member) -> member.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> stored = new TreeSet<>();
      collect(kind.type(), stored);
      stored.remove("id");
      stored.removeIf(name -> told.contains(name) && told.remove(name));
      told.remove("account"); // the only ID that is a word
      assertTrue(stored.isEmpty(), kind.storedName() + " lacks " + stored);
      assertTrue(told.isEmpty(), kind.storedName() + " has not " + told);
    }
  }

  private static void collect(Type type, Set<String> names) {
    if (type instanceof ParameterizedType list) {
      collect(list.getActualTypeArguments()[0], names);
    } else if (type instanceof Class<?> record && record.isRecord()) {
      for (RecordComponent component : record.getRecordComponents()) {
        names.add(component.getName());
        collect(component.getGenericType(), names);
      }
    }
  }
}
