package io.atoll;

import java.util.List;

/**
 * As the other, in Max I/O mode, where the client's socket is on another loop than all that it asks
 * for.
 */
class HeapCostMaxIoIT extends HeapCostIT {
  /** Fewer requests come to the home loop at once, so that fewer share what each batch takes. */
  private static final double MOST_BYTES_HANDED_OVER = 256;

  /** What was received in some pieces comes in as many to the home loop, or more. */
  private static final double MOST_BYTES_OF_A_MEBIBYTE_HANDED_OVER = 2600;

  @Override
  double mostBytes() {
    return MOST_BYTES_HANDED_OVER;
  }

  @Override
  double mostBytesOfAMebibyteWritten() {
    return MOST_BYTES_OF_A_MEBIBYTE_HANDED_OVER;
  }

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
