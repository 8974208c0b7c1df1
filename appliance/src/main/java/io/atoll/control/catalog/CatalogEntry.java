package io.atoll.control.catalog;

import io.atoll.control.FileSystemShape;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A file system that a node was told to have.
 *
 * @param id {@code fs-} and 17 hexadecimal digits
 * @param address where it is to be served, as it was asked for: an address and a port; null for
 *     nowhere
 * @param isDeleted whether it is to go, and may not be gone yet
 */
record CatalogEntry(String id, FileSystemShape shape, MountAddress address, boolean isDeleted) {

  CatalogEntry deleted() {
    return new CatalogEntry(id, shape, null, true);
  }

  CatalogEntry with(ThroughputSettings throughput) {
    return new CatalogEntry(
        id, new FileSystemShape(shape.performanceMode(), throughput), address, isDeleted);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("performanceMode", shape.performanceMode().apiName())
            .put("throughputMode", shape.throughput().mode().apiName())
            .put("provisionedBytesPerSecond", shape.throughput().provisionedBytesPerSecond());
    if (address != null) {
      json.put("address", address.toString());
    }
    return isDeleted ? json.put("deleted", true) : json;
  }

  static CatalogEntry of(JsonObject json) {
    ThroughputSettings throughput =
        new ThroughputSettings(
            ThroughputMode.ofApiName(json.getString("throughputMode")),
            json.getLong("provisionedBytesPerSecond"));
    String address = json.getString("address");
    return new CatalogEntry(
        json.getString("id"),
        new FileSystemShape(
            PerformanceMode.ofApiName(json.getString("performanceMode")), throughput),
        address == null ? null : MountAddress.of(address),
        json.getBoolean("deleted", false));
  }

  static List<CatalogEntry> allOf(JsonArray json) {
    return IntStream.range(0, json.size()).mapToObj(i -> of(json.getJsonObject(i))).toList();
  }
}
