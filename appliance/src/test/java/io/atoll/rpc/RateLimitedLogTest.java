package io.atoll.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class RateLimitedLogTest {
  private final List<Object[]> lines = new ArrayList<>();
  private long nowNanos;

  private Logger recorder() {
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              lines.add(arguments);
              return null;
            });
  }

  @Test
  void oneLineASecondAndTheOthersCounted() {
    RateLimitedLog log = new RateLimitedLog(recorder(), () -> nowNanos);
    for (int i = 0; i < 100; i++) {
      log.warn("kind", i);
    }
    assertEquals(1, lines.size());
    nowNanos += 1_000_000_000;
    log.warn("kind", 100);
    assertEquals(2, lines.size());
    Object[] arguments = (Object[]) lines.get(1)[1];
    assertEquals(99L, arguments[2]);
  }
}
