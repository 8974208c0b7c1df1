/**
 * Reads all content of a file system that is being served, at a pace, and compares it with its
 * checksums. Knows the file system by its volume and by the format of the map ({@code
 * docs/namespace-format.md}), and changes nothing but the note of how far it has come.
 */
package io.atoll.fs.scrub;
