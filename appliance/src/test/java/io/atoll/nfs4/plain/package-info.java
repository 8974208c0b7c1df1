/**
 * The structures of NFSv4.0 and 4.1 as RFC 7531 and RFC 5662 describe them, with a codec that is
 * plain: the tests hold the server's own decoders and encoders against it.
 */
package io.atoll.nfs4.plain;
