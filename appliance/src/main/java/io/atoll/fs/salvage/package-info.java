/**
 * Makes a sound file system of what is left of a damaged one, in a volume of its own.
 *
 * <p>First it is planned, in scratch tables, which objects and names are kept: a name needs an
 * object that it leads to, an object needs a name, and a directory a way up to the root. What has
 * lost its name comes into {@code lost+found}; what is lost is told by its path. Then everything is
 * written by the volume's own means, so that counts, blocks and log are right by construction.
 * Content that does not match its checksum is carried over with the checksum that it does not
 * match: reading it stays an I/O error and never gives wrong data.
 */
package io.atoll.fs.salvage;
