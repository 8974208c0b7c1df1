/** What a file system's credits are, in a file that outlives the process. */
package io.atoll.modes.ledger;
