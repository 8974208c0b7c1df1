package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.netty.channel.Channel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over a channel that somebody else has made, such as Netty's {@code EmbeddedChannel},
 * and not a listener: all that lies between a socket and the programs can be measured so, without a
 * socket. It has the limits of a service to itself, and no time-outs.
 */
public final class ChannelConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelConnection.class);

  private ChannelConnection() {}

  /**
   * Serves what {@code channel} receives, in buffers that its {@code RecvByteBufAllocator} gives
   * from then on, until it closes.
   *
   * @param loop the home loop, which the channel's events come on
   */
  public static void serve(
      Channel channel,
      Loop loop,
      RpcLimits limits,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads,
      RpcProgram program) {
    List<RpcProgram> programs = List.of(program);
    RateLimitedLog log = new RateLimitedLog(LOG, loop::monotonicNanos);
    ConnectionHandler handler =
        new ConnectionHandler(
            RpcService.connectionLoop(
                loop, limits, new RpcBudgets(limits).share(), programs, payloadFinder, payloads));
    ServedConnection.over(
        handler, 1, null, loop, new RpcPrograms(programs, log, log), new RunningCalls(), log);
    handler.configure(channel);
    channel.pipeline().addLast(handler);
  }
}
