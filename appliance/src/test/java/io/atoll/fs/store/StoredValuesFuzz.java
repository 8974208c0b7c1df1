package io.atoll.fs.store;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.fs.format.StoredQuotaTree;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Whatever a damaged map holds: it is refused, or it is a value, and nothing else happens. */
class StoredValuesFuzz {
  private static final String MOST = "1h";
  private static final byte[] NAME = {'n'};
  private static final byte[] QUOTA_KEY = Keys.quotaTree(1);
  private static final int CHUNK_KEY_BYTES = 17;

  @FuzzTest(maxDuration = MOST)
  void values(byte[] bytes) {
    ObjectCache.Format<?>[] formats = {
      new InodeCodec(), new EntryCodec(null), new ChunkMapCodec(), new SmallContent.Format()
    };
    for (ObjectCache.Format<?> format : formats) {
      try {
        format.decode(2, 0, NAME, bytes);
      } catch (CorruptValueException refused) {
        // as it should be
      }
    }
    List<Consumer<byte[]>> decoders =
        List.of(
            Superblock::decode,
            InodeNumbers::decode,
            QuotaCodec::decodeFileSystem,
            value -> QuotaCodec.decodeTree(1, value),
            value -> QuotaCodec.treeOfWalk(2, value));
    for (Consumer<byte[]> decoder : decoders) {
      try {
        decoder.accept(bytes);
      } catch (CorruptValueException refused) {
        // as it should be
      }
    }
  }

  /** The decoders of those who only read: fsck and salvage. */
  @FuzzTest(maxDuration = MOST)
  void valuesOfTheFormat(byte[] bytes) {
    try {
      StoredInode.decode(2, bytes);
    } catch (MalformedValueException refused) {
      // as it should be
    }
    byte[] key = new byte[CHUNK_KEY_BYTES];
    key[0] = StoredKeys.CHUNK;
    if (bytes.length >= CHUNK_KEY_BYTES) {
      System.arraycopy(bytes, 1, key, 1, CHUNK_KEY_BYTES - 1);
    }
    try {
      StoredQuotaTree.decode(QUOTA_KEY, bytes);
    } catch (MalformedValueException refused) {
      // as it should be
    }
    try {
      StoredQuotaTree.checkFileSystem(bytes);
    } catch (MalformedValueException refused) {
      // as it should be
    }
    try {
      StoredChunk.decode(key, Arrays.copyOfRange(bytes, Math.min(17, bytes.length), bytes.length));
    } catch (MalformedValueException refused) {
      // as it should be
    }
  }
}
