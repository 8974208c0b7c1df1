/** The operations of NFSv4.1, a class for each, and what they ask of the compound they run in. */
package io.atoll.nfs4.op;
