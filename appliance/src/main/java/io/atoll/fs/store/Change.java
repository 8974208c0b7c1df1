package io.atoll.fs.store;

import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * One record in the making: turns changed objects into puts and deletes, and when it is appended
 * tells each of them by which record it was changed. There is one for each file system, as acting
 * is one synchronous step: {@link Store#change} begins it, {@link #append} ends it.
 */
class Change {
  private final Store store;
  private final List<Cached> touched = new ArrayList<>();
  private final List<Inode> newInodes = new ArrayList<>();
  private final List<SmallContent> newContents = new ArrayList<>();
  private final List<Inode> removedInodes = new ArrayList<>();
  private final List<SmallContent> removedContents = new ArrayList<>();
  private final List<QuotaTree> changedTrees = new ArrayList<>();
  private final FreedRuns freed = new FreedRuns();
  private Volume.Mutation mutation;

  Change(Store store) {
    this.store = store;
  }

  void begin() {
    if (mutation != null) {
      discardIfBegun();
      throw new IllegalStateException("a change began while another was being made");
    }
    mutation = store.volume.newMutation();
    freed.begin(mutation);
  }

  /** The sequence that the record will have: nobody else appends before it is. */
  long sequence() {
    return store.volume.appendedSequence() + 1;
  }

  // --- what changes ---

  Change put(byte[] key, byte[] value) {
    mutation.put(key, value);
    return this;
  }

  Change delete(byte[] key) {
    mutation.delete(key);
    return this;
  }

  Change inode(Inode inode) {
    store.quotas.recount(inode, this);
    ByteBuf out = mutation.put(Keys.NUMBERED_BYTES, InodeCodec.BYTES);
    Keys.writeInode(out, inode.number);
    InodeCodec.encode(inode, out);
    touched.add(inode);
    return this;
  }

  /** A new inode, which enters the cache pinned once. */
  Change newInode(Inode inode) {
    newInodes.add(inode);
    return inode(inode);
  }

  /** An inode that goes for good, with what it has in the map but its chunks. */
  Change removedInode(Inode inode) {
    inode.gone = true;
    store.quotas.removed(inode, this);
    removedInodes.add(inode);
    touched.add(inode);
    mutation.delete(Keys.inode(inode.number));
    if (inode.type == FileType.SYMLINK || (inode.inline && inode.sizeBytes > 0)) {
      mutation.delete(Keys.small(inode.number));
    }
    store.unstable.removed(inode, this);
    store.numbers.removed(this);
    return this;
  }

  Change chunk(ChunkMap chunk) {
    if (chunk.mapped() == 0) {
      mutation.delete(Keys.chunk(chunk.keyHigh, chunk.chunk()));
    } else {
      ByteBuf out = mutation.put(Keys.TWICE_NUMBERED_BYTES, ChunkMapCodec.encodedBytes(chunk));
      Keys.writeChunk(out, chunk.keyHigh, chunk.chunk());
      ChunkMapCodec.encode(chunk, out);
    }
    touched.add(chunk);
    return this;
  }

  Change content(SmallContent content) {
    mutation.put(Keys.small(content.keyHigh), content.value);
    touched.add(content);
    return this;
  }

  /** New small content, which enters the cache pinned once. */
  Change newContent(SmallContent content) {
    newContents.add(content);
    return content(content);
  }

  Change removedContent(SmallContent content) {
    mutation.delete(Keys.small(content.keyHigh));
    removedContents.add(content);
    touched.add(content);
    return this;
  }

  /** Names {@code inode} in {@code directory}, whose own value the caller puts. */
  Change addEntry(Inode directory, DirectoryEntry entry, Inode inode) {
    entry.inode = inode.number;
    entry.cookie = directory.nextCookie++;
    directory.entries++;
    directory.entriesCached++;
    mutation.put(
        Keys.entry(directory.number, entry.name()),
        EntryCodec.byName(inode.number, inode.type, entry.cookie));
    mutation.put(
        Keys.cookie(directory.number, entry.cookie),
        EntryCodec.byCookie(inode.number, inode.type, entry.name()));
    touched.add(entry);
    return this;
  }

  /** Takes a name from {@code directory}, whose own value the caller puts. */
  Change removeEntry(Inode directory, DirectoryEntry entry) {
    mutation.delete(Keys.entry(directory.number, entry.name()));
    mutation.delete(Keys.cookie(directory.number, entry.cookie));
    entry.inode = 0;
    directory.entries--;
    directory.entriesCached--;
    touched.add(entry);
    return this;
  }

  /** A quota tree that was changed, whose value is put when the record is appended. */
  void quotaTree(QuotaTree tree) {
    if (!tree.changed) {
      tree.changed = true;
      changedTrees.add(tree);
    }
  }

  private void putQuotaTrees() {
    for (int i = 0; i < changedTrees.size(); i++) {
      QuotaTree tree = changedTrees.get(i);
      tree.changed = false;
      if (store.quotas.isOver(tree)) {
        mutation.delete(Keys.quotaTree(tree.number));
      } else {
        ByteBuf out = mutation.put(Keys.QUOTA_TREE_BYTES, QuotaCodec.TREE_BYTES);
        Keys.writeQuotaTree(out, tree.number);
        QuotaCodec.encode(tree, out);
      }
    }
    changedTrees.clear();
  }

  Change allocated(BlockRun run, int[] crcs, int crcsFrom) {
    mutation.allocated(run, crcs, crcsFrom);
    return this;
  }

  FreedRuns freed() {
    return freed;
  }

  // --- the end ---

  /**
   * Appends the record.
   *
   * @param call whose answer depends on it; null if nobody's does
   */
  void append(FsCall call) {
    freed.end();
    putQuotaTrees();
    long sequence = store.volume.append(mutation);
    mutation = null; // if that throws, whoever logs it discards what was begun
    awaited(sequence, touched, call);
    touched.clear();
    updateCaches();
  }

  /**
   * Has answers wait for the record: that of {@code call}, unless it is null, and whatever tells of
   * the objects from now on.
   */
  void awaited(long sequence, List<Cached> objects, FsCall call) {
    for (int i = 0; i < objects.size(); i++) {
      objects.get(i).lastSequence = sequence;
    }
    if (call != null) {
      call.dependsOn(sequence);
    }
  }

  /**
   * Appends a record that may be told of before it is durable, and that nobody waits for yet.
   *
   * @param written the inode of the unstable write that this is; null for anything else
   */
  void appendLazily(Inode written) {
    freed.end();
    putQuotaTrees();
    long sequence = store.volume.appendLazily(mutation);
    mutation = null;
    touched.clear();
    if (written != null) {
      written.lastUnstableSequence = sequence;
    }
    updateCaches();
  }

  /**
   * Forgets a change that met an exception. The objects may have been changed already, so that
   * memory is in doubt from now on.
   */
  void discardIfBegun() {
    if (mutation == null) {
      return;
    }
    mutation = null;
    freed.discard();
    touched.clear();
    newInodes.clear();
    newContents.clear();
    removedInodes.clear();
    removedContents.clear();
    changedTrees.clear();
    store.doubt();
  }

  private void updateCaches() {
    // By number: a method reference is an object, and a write, whose lists are empty, made four.
    for (int i = 0; i < removedInodes.size(); i++) {
      store.inodes.drop(removedInodes.get(i));
    }
    removedInodes.clear();
    for (int i = 0; i < removedContents.size(); i++) {
      store.contents.drop(removedContents.get(i));
    }
    removedContents.clear();
    for (int i = 0; i < newInodes.size(); i++) {
      store.inodes.insert(newInodes.get(i));
    }
    newInodes.clear();
    for (int i = 0; i < newContents.size(); i++) {
      store.contents.insert(newContents.get(i));
    }
    newContents.clear();
  }
}
