/**
 * The file system of {@link io.atoll.fs.FileSystem} over a {@link io.atoll.io.volume.Volume}.
 *
 * <p>Everything is key and value in the volume's map; {@code docs/namespace-format.md} draws the
 * bytes. In memory each inode, directory entry, chunk map and small content that an operation uses
 * is <em>one</em> object, pinned in an {@link io.atoll.fs.store.ObjectCache}. An operation loads
 * what it misses, step by step, until nothing is missing at one moment; then it acts: it checks,
 * changes the objects and appends one record, and waits for nothing in between. Nothing about a
 * living inode is changed but through these objects, so what they say at the moment of acting is
 * the truth.
 *
 * <p>Answers come in the order of their effects: an operation calls back in the step in which it
 * acts (reading data excepted).
 */
package io.atoll.fs.store;
