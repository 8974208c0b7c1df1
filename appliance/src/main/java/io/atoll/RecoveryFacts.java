package io.atoll;

import io.atoll.io.volume.VolumeRecovery;

/**
 * What a start found of a predecessor that did not stop in order.
 *
 * @param process its number as it wrote it, or null if it left none
 * @param replay what was done about it
 */
public record RecoveryFacts(String process, VolumeRecovery replay) {}
