package io.atoll.perf.bench.workload;

/** Which file and block comes next. Confined to one loop. */
interface BlockChoice {
  /** Goes on to the next block. */
  void next();

  /** Which of the client's files. */
  int fileIndex();

  int block();

  /** Anywhere in a client's files, but in as many blocks as the working set has. */
  static BlockChoice random(SeededRandom random, int files, LoadSettings settings) {
    int working = settings.workingBlocksPerFile();
    int stride = settings.blocksPerFile() / working;
    return new BlockChoice() {
      private int file;
      private int block;

      @Override
      public void next() {
        file = random.below(files);
        block = random.below(working) * stride;
      }

      @Override
      public int fileIndex() {
        return file;
      }

      @Override
      public int block() {
        return block;
      }
    };
  }

  /**
   * One block after the other, one file after the other, and again.
   *
   * @param firstBlock where in the first file
   */
  static BlockChoice sequential(int files, int firstBlock, LoadSettings settings) {
    int working = settings.workingBlocksPerFile();
    return new BlockChoice() {
      private int file;
      private int block = firstBlock % working - 1;

      @Override
      public void next() {
        if (++block == working) {
          block = 0;
          file = (file + 1) % files;
        }
      }

      @Override
      public int fileIndex() {
        return file;
      }

      @Override
      public int block() {
        return block;
      }
    };
  }
}
