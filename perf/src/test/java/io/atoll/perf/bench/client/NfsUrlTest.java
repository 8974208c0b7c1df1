package io.atoll.perf.bench.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NfsUrlTest {

  @Test
  void hostPortAndPathAreTaken() {
    assertEquals(
        new NfsUrl("127.0.0.1", 20490, List.of("a", "b")),
        NfsUrl.parse("nfs://127.0.0.1:20490/a//b/"));
    assertEquals(new NfsUrl("server", 2049, List.of()), NfsUrl.parse("nfs://server"));
    assertEquals(new NfsUrl("::1", 2049, List.of("x")), NfsUrl.parse("nfs://[::1]/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:2049",
        "http://127.0.0.1/",
        "nfs:///path",
        "nfs://host:0/",
        "nfs://host:70000/",
        "nfs://host/../etc",
        "nfs://host/a?version=4",
        "nfs://ho st/",
        ""
      })
  void whatIsNoUrlIsRefusedByName(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> NfsUrl.parse(text)).getMessage();
    assertTrue(message.contains("'" + text + "'"), message);
  }
}
