/**
 * An NFSv4.1 client for load: many connections, each on one event loop, requests in session slots
 * that are used again without allocating anything.
 */
package io.atoll.perf.bench.client;
