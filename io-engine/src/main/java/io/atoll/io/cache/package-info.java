/**
 * The cache of file data: granules of 64 KiB off the heap, found by inode and place in the file,
 * and filled from a {@link io.atoll.io.volume.Volume} block by block. A cached block's identity is
 * its address and birth, which whoever reads gives: what does not match is never returned, so
 * nothing needs to be told that a block was overwritten, freed or reused. Confined to the home
 * loop.
 */
package io.atoll.io.cache;
