package io.atoll;

import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Whose each address is that a node listens on, or is to. Vert.x would let a second server have the
 * same one, and divide the connections between both. Confined to a loop.
 */
final class AddressBook {
  private final Map<InetSocketAddress, String> holders = new HashMap<>();

  /**
   * Gives an address to a file system; one with port 0 is nobody's.
   *
   * @return whether it did not have it before
   * @throws HostRefusal if another one has it
   */
  boolean reserve(InetSocketAddress address, String fileSystem) {
    if (address.getPort() == 0) {
      return false;
    }
    String holder = holders.putIfAbsent(address, fileSystem);
    if (holder != null && !holder.equals(fileSystem)) {
      throw new HostRefusal(
          Reason.ADDRESS,
          "can't listen on "
              + NetUtil.toSocketAddressString(address)
              + ": the file system "
              + holder
              + " is served there; choose another address or port, or delete that one");
    }
    return holder == null;
  }

  void release(InetSocketAddress address, String fileSystem) {
    holders.remove(address, fileSystem);
  }

  void releaseAll(String fileSystem) {
    holders.values().removeIf(fileSystem::equals);
  }
}
