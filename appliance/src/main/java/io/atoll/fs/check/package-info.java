/**
 * Checks a file system at rest. The values of the map are read here by what {@code
 * docs/namespace-format.md} says of them and not by the code that wrote them, so that a mistake of
 * that code does not hide itself.
 *
 * <p>However large the file system is, the heap holds one object at a time. Entries are taken in
 * the order of the map and joined as they come; what has to be sorted otherwise (names by what they
 * name, directories by their parents) goes to scratch files.
 */
package io.atoll.fs.check;
