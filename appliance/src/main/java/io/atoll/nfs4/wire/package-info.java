/** What NFSv4.1 looks like on the wire: numbers, values and their codecs (RFC 8881, RFC 5662). */
package io.atoll.nfs4.wire;
