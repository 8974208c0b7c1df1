package io.atoll.perf.bench.client;

/** A file that one client has open. */
public record OpenFile(Handle handle, OpenStateid stateid) {}
