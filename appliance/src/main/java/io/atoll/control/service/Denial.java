package io.atoll.control.service;

/**
 * Something that was refused by a rule.
 *
 * @param number counts all denials since the start, from 1
 * @param timeMillis since the epoch
 * @param action what was refused, as {@code connect}
 * @param fileSystemId what it was about
 * @param via by which it came: the ID of a mount target or an access point
 * @param rule the rule that refused it: its kind and ID
 * @param compared what was compared with what, so that one sees why
 */
public record Denial(
    long number,
    long timeMillis,
    String action,
    String fileSystemId,
    String via,
    String rule,
    String compared) {}
