/** When a request may start: at the permitted rate, and fair among clients. */
package io.atoll.modes.admission;
