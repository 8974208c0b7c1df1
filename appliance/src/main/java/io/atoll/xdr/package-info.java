/** XDR (RFC 4506) flyweights over pooled buffers: no copies of payload, no allocation to decode. */
package io.atoll.xdr;
