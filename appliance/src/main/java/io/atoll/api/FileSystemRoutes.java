package io.atoll.api;

import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.catalog.FileSystemCatalog;
import io.atoll.control.catalog.FileSystemDescription;
import io.atoll.control.catalog.MountAddress;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.netty.util.NetUtil;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/**
 * {@code /atoll/v1/file-systems}: the node's file systems for {@code atoll fs}, in JSON, for who
 * has the node's secret. What is asked for is done when the answer comes.
 */
public final class FileSystemRoutes implements ApiRoutes {
  public static final String PATH = "/atoll/v1/file-systems";

  private static final int MAX_BODY_BYTES = 16 << 10;
  private static final double BYTES_PER_MIB = 1L << 20;
  private static final String PERFORMANCE_MODE = "performanceMode";
  private static final String THROUGHPUT_MODE = "throughputMode";
  private static final String PROVISIONED = "provisionedThroughputInMibps";
  private static final String ADDRESS = "address";

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NO_CONTENT = 204;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final int INSUFFICIENT_STORAGE = 507;

  private final FileSystemCatalog catalog;
  private final byte[] authorization;

  /**
   * @param token what callers must know
   */
  public FileSystemRoutes(FileSystemCatalog catalog, String token) {
    this.catalog = catalog;
    authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void addTo(Router router) {
    router.route(PATH + "*").handler(this::authorize);
    router.route(PATH + "*").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    router.get(PATH).blockingHandler(asked -> answer(asked, this::list));
    router.post(PATH).blockingHandler(asked -> answer(asked, this::create));
    router.get(PATH + "/:id").blockingHandler(asked -> answer(asked, this::show));
    router.patch(PATH + "/:id").blockingHandler(asked -> answer(asked, this::update));
    router.delete(PATH + "/:id").blockingHandler(asked -> answer(asked, this::delete));
  }

  private void authorize(RoutingContext asked) {
    String given = asked.request().getHeader("Authorization");
    if (given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization)) {
      asked.next();
    } else {
      fail(asked, UNAUTHORIZED, "UNAUTHORIZED", "who asks must know the token in control.json");
    }
  }

  private void answer(RoutingContext asked, Deed deed) {
    try {
      deed.answer(asked);
    } catch (HostRefusal refusal) {
      fail(asked, statusOf(refusal.reason()), refusal.reason().name(), refusal.getMessage());
    } catch (DecodeException | ClassCastException malformed) {
      fail(asked, BAD_REQUEST, "BAD_REQUEST", "the request's JSON can't be understood");
    } catch (IllegalArgumentException wrong) {
      fail(asked, BAD_REQUEST, "BAD_REQUEST", wrong.getMessage());
    }
  }

  private static int statusOf(HostRefusal.Reason reason) {
    return switch (reason) {
      case NOT_THERE, NOT_OPEN -> NOT_FOUND;
      case NOT_SUPPORTED -> BAD_REQUEST;
      case TOO_MANY, TOO_MANY_MOUNT_POINTS, ADDRESS -> CONFLICT;
      case NO_ROOM -> INSUFFICIENT_STORAGE;
      case STORE -> INTERNAL_ERROR;
      case STOPPING -> UNAVAILABLE;
    };
  }

  private static void fail(RoutingContext asked, int status, String error, String message) {
    answer(asked, status, new JsonObject().put("error", error).put("message", message));
  }

  private static void answer(RoutingContext asked, int status, JsonObject body) {
    asked
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.encode() + "\n");
  }

  // --- what can be asked for ---

  private void list(RoutingContext asked) {
    JsonArray all = new JsonArray();
    catalog.list().forEach(each -> all.add(json(each)));
    answer(asked, OK, new JsonObject().put("fileSystems", all));
  }

  private void show(RoutingContext asked) {
    answer(asked, OK, json(catalog.show(asked.pathParam("id"))));
  }

  private void create(RoutingContext asked) {
    JsonObject wanted =
        body(asked, Set.of(PERFORMANCE_MODE, THROUGHPUT_MODE, PROVISIONED, ADDRESS));
    PerformanceMode performance =
        PerformanceMode.ofApiName(
            wanted.getString(PERFORMANCE_MODE, PerformanceMode.GENERAL_PURPOSE.apiName()));
    if (performance == null) {
      throw new IllegalArgumentException(
          PERFORMANCE_MODE
              + " '"
              + wanted.getString(PERFORMANCE_MODE)
              + "' is none: generalPurpose or maxIO");
    }
    String address = wanted.getString(ADDRESS);
    FileSystemShape shape = new FileSystemShape(performance, throughput(wanted));
    answer(
        asked,
        CREATED,
        json(catalog.create(shape, address == null ? null : MountAddress.of(address))));
  }

  private void update(RoutingContext asked) {
    JsonObject wanted = body(asked, Set.of(THROUGHPUT_MODE, PROVISIONED));
    answer(asked, OK, json(catalog.update(asked.pathParam("id"), throughput(wanted))));
  }

  private void delete(RoutingContext asked) {
    catalog.delete(asked.pathParam("id"));
    asked.response().setStatusCode(NO_CONTENT).end();
  }

  private static JsonObject body(RoutingContext asked, Set<String> known) {
    JsonObject body = asked.body().asJsonObject();
    if (body == null) {
      return new JsonObject();
    }
    for (String name : body.fieldNames()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("'" + name + "' is unknown: known are " + known);
      }
    }
    return body;
  }

  private static ThroughputSettings throughput(JsonObject wanted) {
    String name = wanted.getString(THROUGHPUT_MODE, ThroughputMode.BURSTING.apiName());
    ThroughputMode mode = ThroughputMode.ofApiName(name);
    if (mode == null) {
      throw new IllegalArgumentException(
          THROUGHPUT_MODE + " '" + name + "' is none: bursting, provisioned or elastic");
    }
    double mibps = wanted.getDouble(PROVISIONED, 0.0);
    return new ThroughputSettings(mode, (long) (mibps * BYTES_PER_MIB));
  }

  private static JsonObject json(FileSystemDescription description) {
    FileSystemShape shape = description.shape();
    FileSystemFigures figures = description.figures();
    ThroughputSettings throughput = figures == null ? shape.throughput() : figures.throughput();
    JsonObject json =
        new JsonObject()
            .put("id", description.id())
            .put("state", figures == null ? "closed" : figures.isServed() ? "available" : "fenced")
            .put(PERFORMANCE_MODE, shape.performanceMode().apiName())
            .put(THROUGHPUT_MODE, throughput.mode().apiName());
    if (throughput.mode() == ThroughputMode.PROVISIONED) {
      json.put(PROVISIONED, throughput.provisionedBytesPerSecond() / BYTES_PER_MIB);
    }
    if (figures != null) {
      JsonArray addresses = new JsonArray();
      figures.mountPoints().forEach(at -> addresses.add(NetUtil.toSocketAddressString(at)));
      json.put("addresses", addresses)
          .put("usedBytes", figures.usedBytes())
          .put("connections", figures.connections())
          .put("homeLoop", figures.homeLoop())
          .put("reopenings", figures.reopenings());
    }
    return json;
  }

  private interface Deed {
    void answer(RoutingContext asked);
  }
}
