/** What a load consists of: data sets, lanes that make one request after the other, their pace. */
package io.atoll.perf.bench.workload;
