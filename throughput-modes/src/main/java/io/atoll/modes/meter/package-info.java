/** How requests and storage are measured. Pure arithmetic. */
package io.atoll.modes.meter;
