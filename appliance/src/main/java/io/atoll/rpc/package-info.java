/** ONC RPC over TCP (RFC 5531): record marking, calls, replies, credentials, connections. */
package io.atoll.rpc;
