package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.service.ControlLimits;
import io.atoll.control.service.Refusal;
import io.atoll.control.service.TagSets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The operations on tags, the deprecated ones for file systems alone among them. */
final class TagHandlers {
  private static final int PAGE_SIZE = 100;

  private final TagSets tags;

  TagHandlers(TagSets tags) {
    this.tags = tags;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.TAG_RESOURCE, Handler.at(this::tagResource));
    handlers.put(EfsOperation.UNTAG_RESOURCE, Handler.at(this::untagResource));
    handlers.put(EfsOperation.LIST_TAGS_FOR_RESOURCE, Handler.at(this::listTags));
    handlers.put(EfsOperation.CREATE_TAGS, Handler.at(this::createTags));
    handlers.put(EfsOperation.DELETE_TAGS, Handler.at(this::deleteTags));
    handlers.put(EfsOperation.DESCRIBE_TAGS, Handler.at(this::describeTags));
  }

  private static String resource(Input input) throws Refusal {
    return input.pathId("ResourceId", IdRule.RESOURCE);
  }

  private static String fileSystem(Input input) throws Refusal {
    return input.pathId("FileSystemId", IdRule.FILE_SYSTEM);
  }

  private ObjectNode tagResource(Input input) throws Refusal {
    return add(input, resource(input));
  }

  private ObjectNode createTags(Input input) throws Refusal {
    return add(input, fileSystem(input));
  }

  private ObjectNode add(Input input, String id) throws Refusal {
    SortedMap<String, String> added = TagInput.requiredTags(input.body(), "Tags");
    input.done();
    tags.add(id, added);
    return null;
  }

  private ObjectNode untagResource(Input input) throws Refusal {
    String id = resource(input);
    List<String> keys = input.queryTexts("tagKeys", TextRule.TAG_KEY);
    input.done();
    return remove(id, keys, "tagKeys");
  }

  private ObjectNode deleteTags(Input input) throws Refusal {
    String id = fileSystem(input);
    List<String> keys =
        input.body().requiredTexts("TagKeys", ControlLimits.TAGS_MAX, TextRule.TAG_KEY);
    input.done();
    return remove(id, keys, "TagKeys");
  }

  private ObjectNode remove(String id, List<String> keys, String name) throws Refusal {
    if (keys.isEmpty() || keys.size() > ControlLimits.TAGS_MAX) {
      throw Refusal.badRequest(
          name + ": " + keys.size() + " given: must be 1 to " + ControlLimits.TAGS_MAX);
    }
    tags.remove(id, keys);
    return null;
  }

  private ObjectNode listTags(Input input) throws Refusal {
    String id = resource(input);
    int size = input.pageSize("MaxResults", PAGE_SIZE);
    String token = input.queryText("NextToken", TextRule.MARKER);
    input.done();
    return page(id, token, size, "NextToken");
  }

  private ObjectNode describeTags(Input input) throws Refusal {
    String id = fileSystem(input);
    int size = input.pageSize("MaxItems", PAGE_SIZE);
    String marker = input.queryText("Marker", TextRule.MARKER);
    input.done();
    ObjectNode json = page(id, marker, size, "NextMarker");
    return marker == null ? json : json.put("Marker", marker);
  }

  private ObjectNode page(String id, String token, int size, String nextName) throws Refusal {
    TreeMap<String, Map.Entry<String, String>> all = new TreeMap<>();
    tags.of(id).entrySet().forEach(tag -> all.put(tag.getKey(), tag));
    Page<Map.Entry<String, String>> page = Page.of(all, token, size);
    TreeMap<String, String> shown = new TreeMap<>();
    page.items().forEach(tag -> shown.put(tag.getKey(), tag.getValue()));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("Tags", Descriptions.tags(shown));
    return page.next() == null ? json : json.put(nextName, page.next());
  }
}
