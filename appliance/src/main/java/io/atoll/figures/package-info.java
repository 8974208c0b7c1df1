/**
 * What is counted of a running node, for whoever looks: written by one thread without waiting,
 * allocating or contending, and read by any.
 */
package io.atoll.figures;
