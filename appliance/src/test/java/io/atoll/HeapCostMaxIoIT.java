package io.atoll;

import java.util.List;

/**
 * As the other, in Max I/O mode, where the client's socket is on another loop than all that it asks
 * for: handing over takes nothing of the heap.
 */
class HeapCostMaxIoIT extends HeapCostIT {
  @Override
  List<String> loopsAndMode() {
    return List.of(
        "--loops=2",
        "--cache-bytes=32m",
        "--performance-mode=maxIO",
        "--throughput-mode=provisioned",
        "--provisioned-mibps=3072");
  }
}
