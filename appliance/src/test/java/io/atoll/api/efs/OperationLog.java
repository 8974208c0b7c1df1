package io.atoll.api.efs;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What was seen of each operation: its success, and its errors by their names. */
final class OperationLog {
  private final Map<EfsOperation, SortedSet<String>> errors = new EnumMap<>(EfsOperation.class);
  private final Map<EfsOperation, Integer> statuses = new EnumMap<>(EfsOperation.class);

  void succeeded(EfsOperation operation, int status) {
    statuses.put(operation, status);
  }

  void failed(EfsOperation operation, String error) {
    errors.computeIfAbsent(operation, first -> new TreeSet<>()).add(error);
  }

  boolean hasSucceeded(EfsOperation operation) {
    return statuses.containsKey(operation);
  }

  /** The table of {@code docs/api.md}. */
  String table() {
    StringBuilder table =
        new StringBuilder(
            "| Operation | Request | Status | Errors seen in tests |\n|---|---|---|---|\n");
    for (EfsOperation operation : EfsOperation.values()) {
      table
          .append("| ")
          .append(operation.apiName())
          .append(" | ")
          .append(operation.method())
          .append(" `")
          .append(operation.template())
          .append("` | ")
          .append(statuses.get(operation))
          .append(" | ")
          .append(String.join(", ", errors.getOrDefault(operation, new TreeSet<>())))
          .append(" |\n");
    }
    return table.toString();
  }
}
