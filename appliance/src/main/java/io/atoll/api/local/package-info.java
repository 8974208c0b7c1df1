/** The node's own API, for its operators: what EFS's has no word for. */
package io.atoll.api.local;
