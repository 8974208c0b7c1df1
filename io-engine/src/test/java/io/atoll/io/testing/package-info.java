/**
 * What all modules' tests have in common: what they run on, what they leave out, what they leak.
 */
package io.atoll.io.testing;
