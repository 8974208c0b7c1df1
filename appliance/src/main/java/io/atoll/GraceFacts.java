package io.atoll;

import java.time.Instant;

/**
 * The time after a start in which clients may reclaim what they held, and nobody gets anything new.
 *
 * @param clients how many may
 * @param end when it is over at the latest, unless reclaims still come
 */
public record GraceFacts(int clients, Instant end) {}
