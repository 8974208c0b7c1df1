/** What the control plane keeps: immutable, and no word of how it is kept, made or told. */
package io.atoll.control.resource;
