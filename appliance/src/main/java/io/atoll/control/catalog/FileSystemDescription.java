package io.atoll.control.catalog;

import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemShape;

/**
 * A file system that is there.
 *
 * @param figures null if it is not open
 */
public record FileSystemDescription(String id, FileSystemShape shape, FileSystemFigures figures) {}
