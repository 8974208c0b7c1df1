/**
 * Throughput modes as arithmetic: what a mode permits, how credits come and go, which changes are
 * allowed. Whole numbers throughout, so that nothing drifts.
 */
package io.atoll.modes.rate;
