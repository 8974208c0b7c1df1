package io.atoll.fs.store;

/** Makes the parts of a store that hold its rules, so that tests can break one rule at a time. */
class StoreParts {

  Change change(Store store) {
    return new Change(store);
  }

  Orphans orphans(Store store) {
    return new Orphans(store);
  }

  UnstableWrites unstableWrites(Store store) {
    return new UnstableWrites(store);
  }

  Quotas quotas(Store store) {
    return new Quotas(store);
  }

  DirectoryPages directoryPages(int maxHeapBytes) {
    return new DirectoryPages(maxHeapBytes);
  }

  EntryCodec entries(ObjectCache<Inode> inodes) {
    return new EntryCodec(inodes);
  }
}
