/**
 * The node's HTTP server: health and metrics, and what the control plane adds. On a Vert.x of its
 * own, so that it never takes time of a loop that serves data.
 */
package io.atoll.api;
