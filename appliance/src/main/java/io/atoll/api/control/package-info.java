/** The control plane's APIs as routes of the node's HTTP server. */
package io.atoll.api.control;
