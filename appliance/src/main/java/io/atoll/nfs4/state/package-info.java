/** What NFSv4.1 clients hold: clients, sessions, slots, opens, byte-range locks, leases, grace. */
package io.atoll.nfs4.state;
