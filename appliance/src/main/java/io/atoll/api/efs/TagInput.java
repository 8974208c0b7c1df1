package io.atoll.api.efs;

import io.atoll.control.service.ControlLimits;
import io.atoll.control.service.Refusal;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads lists of tags. */
final class TagInput {
  private TagInput() {}

  /** The tags of that name, none if there are none. */
  static SortedMap<String, String> tags(Fields fields, String name) throws Refusal {
    List<Fields> given = fields.objects(name, ControlLimits.TAGS_MAX);
    return given == null ? new TreeMap<>() : read(given);
  }

  static SortedMap<String, String> requiredTags(Fields fields, String name) throws Refusal {
    return read(fields.requiredObjects(name, ControlLimits.TAGS_MAX));
  }

  private static SortedMap<String, String> read(List<Fields> given) throws Refusal {
    SortedMap<String, String> tags = new TreeMap<>();
    for (Fields tag : given) {
      String key = tag.requiredText("Key", TextRule.TAG_KEY);
      String value = tag.requiredText("Value", TextRule.TAG_VALUE);
      tag.done();
      if (tags.put(key, value) != null) {
        throw Refusal.badRequest("the tag '" + key + "' comes twice");
      }
    }
    return tags;
  }
}
