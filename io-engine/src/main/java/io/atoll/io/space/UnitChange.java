package io.atoll.io.space;

import io.atoll.io.volume.BlockRun;

/**
 * What the index is to learn of a unit, apart from any record.
 *
 * @param unit whole
 */
public record UnitChange(BlockRun unit, UnitState state) {}
