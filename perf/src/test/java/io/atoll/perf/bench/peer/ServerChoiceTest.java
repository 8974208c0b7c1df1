package io.atoll.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerChoiceTest {

  @Test
  void aNodeMayBeGivenOptions() {
    ServerChoice plain = ServerChoice.parse("atoll");
    assertEquals(PeerKind.ATOLL, plain.kind());
    assertEquals(List.of(), plain.options());
    ServerChoice small = ServerChoice.parse("atoll:cache-bytes=256m:loops=1");
    assertEquals(PeerKind.ATOLL, small.kind());
    assertEquals(List.of("--cache-bytes=256m", "--loops=1"), small.options());
    assertEquals("atoll:cache-bytes=256m:loops=1", small.text());
  }

  @Test
  void anythingWithSlashesIsAUrl() {
    ServerChoice choice = ServerChoice.parse("nfs://127.0.0.1:2049/");
    assertNull(choice.kind());
    assertEquals(2049, choice.url().port());
  }

  @Test
  void whatCantBeIsNamed() {
    refused("ganesha:cache-bytes=256m", "ganesha takes no options");
    refused("atoll:data=/", "not 'data'");
    refused("atoll:", "not ''");
    refused("atoll:cache-bytes", "cache-bytes wants a value");
    refused("atoll:cache-bytes=", "cache-bytes wants a value");
    refused("atol:cache-bytes=256m", "atoll, ganesha");
  }

  private static void refused(String text, String why) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ServerChoice.parse(text)).getMessage();
    assertEquals(true, message.contains(why), message);
  }
}
