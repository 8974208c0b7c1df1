package io.atoll;

/**
 * How a file system is served to its clients.
 *
 * @param leaseSeconds how long a client's state outlives its last word
 * @param rules who clients are, and how much they may ask
 */
record ServingSettings(int leaseSeconds, ClientRules rules) {}
