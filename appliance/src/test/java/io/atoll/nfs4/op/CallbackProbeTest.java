package io.atoll.nfs4.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.CallbackAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackProbeTest {
  private static final InetAddress HOST = InetAddress.ofLiteral("192.0.2.7");

  private final List<InetSocketAddress> called = new ArrayList<>();
  private final List<Consumer<Boolean>> unanswered = new ArrayList<>();
  private final List<Boolean> answers = new ArrayList<>();
  private final CallbackProbe probe =
      new CallbackProbe((address, program, answered) -> {
        called.add(address);
        unanswered.add(answered);
      });

  private void probe(String universalAddress) {
    probe.probe(HOST, new CallbackAddress(0x4000_0000, "tcp", universalAddress, 1), answers::add);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, 192.0.2.7.3.255, 192.0.2.7, 1023",
    "tcp, 10.0.0.1.0.1, 10.0.0.1, 1",
    "tcp6, 2001:db8::1.8.1, 2001:db8::1, 2049"
  })
  void universalAddressIsHostAndTwoBytesOfPort(String netId, String text, String host, int port) {
    InetSocketAddress expected = new InetSocketAddress(InetAddress.ofLiteral(host), port);
    assertEquals(expected, UniversalAddress.parse(netId, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "1.2",
        "192.0.2.7",
        "192.0.2.7.0.0",
        "192.0.2.7.256.1",
        "192.0.2.7.1.",
        "192.0.2.7.-1.1",
        "192.0.2.7.1.0001",
        "a.host.1.1",
        "192.0.2.1.1",
        "192.0.2.7 .1.1"
      })
  void otherTextIsNoAddress(String text) {
    assertNull(UniversalAddress.parse("tcp", text));
  }

  @Test
  void otherTransportsAreNotCalled() {
    assertNull(UniversalAddress.parse("udp", "192.0.2.7.3.255"));
  }

  @Test
  void onlyTheHostThatCallsIsCalledBack() {
    probe("192.0.2.8.3.255");
    assertEquals(List.of(), called);
    assertEquals(List.of(false), answers);
    probe("192.0.2.7.3.255");
    assertEquals(List.of(new InetSocketAddress(HOST, 1023)), called);
  }

  @Test
  void answerIsPassedOn() {
    probe("192.0.2.7.3.255");
    assertTrue(answers.isEmpty());
    unanswered.get(0).accept(true);
    assertEquals(List.of(true), answers);
  }

  @Test
  void probesUnderWayAreBounded() {
    for (int i = 0; i <= CallbackProbe.MAX_PROBES; i++) {
      probe("192.0.2.7.3.255");
    }
    assertEquals(CallbackProbe.MAX_PROBES, called.size());
    assertEquals(List.of(false), answers);
    unanswered.get(0).accept(true);
    probe("192.0.2.7.3.255");
    assertEquals(CallbackProbe.MAX_PROBES + 1, called.size());
  }

  @Test
  void strangersAnswerSaysNothing() {
    StateHarness server = new StateHarness();
    Client40 client = Client40.confirmed(server, "a");
    assertFalse(server.state.v40().takesCallbacks(client.clientId));
    CallbackAddress other = new CallbackAddress(1, "tcp", "127.0.0.1.1.1", 7);
    server.state.v40().callbackAnswered(client.clientId, other, true);
    assertFalse(server.state.v40().takesCallbacks(client.clientId));
    CallbackAddress own = new CallbackAddress(0x4000_0000, "tcp", "127.0.0.1.3.255", 7);
    server.state.v40().callbackAnswered(client.clientId, own, true);
    assertTrue(server.state.v40().takesCallbacks(client.clientId));
  }
}
