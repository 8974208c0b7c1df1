/** The table of operations, and the pump that runs a compound through it. */
package io.atoll.nfs4.compound;
