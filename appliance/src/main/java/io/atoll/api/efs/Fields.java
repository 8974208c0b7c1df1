package io.atoll.api.efs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.service.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members of a JSON object that a caller sent, read one by one. What is null is not there; what
 * has not been read when {@link #done} is called is a member that the operation does not have.
 */
public final class Fields {
  private final ObjectNode members;

  /** Before the names of members, in refusals. */
  private final String where;

  private final Set<String> read = new HashSet<>();

  Fields(ObjectNode members, String where) {
    this.members = members;
    this.where = where;
  }

  /** The members of a whole body. */
  public static Fields of(ObjectNode body) {
    return new Fields(body, "");
  }

  private JsonNode take(String name) {
    read.add(name);
    JsonNode value = members.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private <T> T there(String name, T value) throws Refusal {
    if (value == null) {
      throw Refusal.badRequest(where + name + " is missing");
    }
    return value;
  }

  private Refusal wrongType(String name, String wanted) {
    return Refusal.badRequest(where + name + " must be " + wanted);
  }

  /** The string of that name, or null. */
  String text(String name, TextRule rule) throws Refusal {
    JsonNode value = take(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(name, "a string");
    }
    return rule.check(where + name, value.textValue());
  }

  /** Any string of that name, or null; its reader checks it. */
  public String anyText(String name) throws Refusal {
    return text(name, TextRule.ANY);
  }

  String requiredText(String name, TextRule rule) throws Refusal {
    return there(name, text(name, rule));
  }

  /** One of some strings, or null. */
  String choice(String name, List<String> allowed) throws Refusal {
    String value = text(name, TextRule.ANY);
    return value == null ? null : TextRule.choice(where + name, value, allowed);
  }

  String requiredChoice(String name, List<String> allowed) throws Refusal {
    return there(name, choice(name, allowed));
  }

  Boolean bool(String name) throws Refusal {
    JsonNode value = take(name);
    if (value != null && !value.isBoolean()) {
      throw wrongType(name, "true or false");
    }
    return value == null ? null : value.booleanValue();
  }

  /** The number of that name, or null. */
  public Double number(String name, double least) throws Refusal {
    JsonNode value = take(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrongType(name, "a number");
    }
    if (value.doubleValue() < least) {
      throw Refusal.badRequest(where + name + " " + value + ": must be at least " + least);
    }
    return value.doubleValue();
  }

  /** The whole number of that name, or null. */
  public Long integer(String name, long least, long most) throws Refusal {
    JsonNode value = take(name);
    return value == null ? null : integer(where + name, value, least, most);
  }

  private static long integer(String name, JsonNode value, long least, long most) throws Refusal {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw Refusal.badRequest(
          name
              + " "
              + TextRule.shown(value.toString())
              + ": must be a whole number from "
              + least
              + " to "
              + most);
    }
    return value.longValue();
  }

  long requiredInteger(String name, long least, long most) throws Refusal {
    return there(name, integer(name, least, most));
  }

  /** The object of that name, or null. */
  Fields object(String name) throws Refusal {
    JsonNode value = take(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof ObjectNode object)) {
      throw wrongType(name, "an object");
    }
    return new Fields(object, where + name + ".");
  }

  Fields requiredObject(String name) throws Refusal {
    return there(name, object(name));
  }

  private List<JsonNode> list(String name, int most) throws Refusal {
    JsonNode value = take(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof ArrayNode array)) {
      throw wrongType(name, "a list");
    }
    if (array.size() > most) {
      throw Refusal.badRequest(
          where + name + " has " + array.size() + " entries: at most " + most + " are allowed");
    }
    return array.valueStream().toList();
  }

  /** The objects of the list of that name, or null if there is no list. */
  List<Fields> objects(String name, int most) throws Refusal {
    List<JsonNode> values = list(name, most);
    if (values == null) {
      return null;
    }
    List<Fields> objects = new ArrayList<>();
    for (JsonNode value : values) {
      if (!(value instanceof ObjectNode object)) {
        throw wrongType(name, "a list of objects");
      }
      objects.add(new Fields(object, where + name + "[" + objects.size() + "]."));
    }
    return objects;
  }

  List<Fields> requiredObjects(String name, int most) throws Refusal {
    return there(name, objects(name, most));
  }

  /** The strings of the list of that name, or null if there is no list. */
  List<String> texts(String name, int most, TextRule rule) throws Refusal {
    List<JsonNode> values = list(name, most);
    if (values == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (!value.isTextual()) {
        throw wrongType(name, "a list of strings");
      }
      texts.add(rule.check(where + name, value.textValue()));
    }
    return texts;
  }

  List<String> requiredTexts(String name, int most, TextRule rule) throws Refusal {
    return there(name, texts(name, most, rule));
  }

  /** Any strings of the list of that name, or null; their reader checks them. */
  public List<String> anyTexts(String name, int most) throws Refusal {
    return texts(name, most, TextRule.ANY);
  }

  /** The whole numbers of the list of that name, or null if there is no list. */
  List<Long> integers(String name, int mostEntries, long least, long most) throws Refusal {
    List<JsonNode> values = list(name, mostEntries);
    if (values == null) {
      return null;
    }
    List<Long> numbers = new ArrayList<>();
    for (JsonNode value : values) {
      numbers.add(integer(where + name, value, least, most));
    }
    return numbers;
  }

  /**
   * Says that all has been read.
   *
   * @throws Refusal if there is more
   */
  public void done() throws Refusal {
    Set<String> unknown = new TreeSet<>();
    members.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(read);
    if (!unknown.isEmpty()) {
      throw Refusal.badRequest(
          "there is no " + where + TextRule.shown(unknown.iterator().next()) + " in this call");
    }
  }
}
