/**
 * Checks a file system at rest against the rules of its format.
 *
 * <p>However large the file system is, the heap holds one object at a time. Entries are taken in
 * the order of the map and joined as they come; what has to be sorted otherwise (names by what they
 * name, directories by their parents) goes to scratch files.
 */
package io.atoll.fs.check;
