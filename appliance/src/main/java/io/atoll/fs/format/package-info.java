/**
 * The values of a file system's map as {@code docs/namespace-format.md} draws them, for reading.
 * Whoever serves the file system has decoders of its own, which also write; these are for those who
 * hold what was written against the document, so that a mistake of the writer does not hide itself.
 */
package io.atoll.fs.format;
