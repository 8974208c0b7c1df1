package io.atoll.perf.bench.client;

/**
 * How clients present themselves and how patient they are.
 *
 * @param userId of AUTH_SYS
 * @param groupId of AUTH_SYS
 * @param delayLimitNanos how long a request is repeated that the server delays
 */
public record ClientSettings(int userId, int groupId, long delayLimitNanos) {}
