/** Which file systems a node has been told to have, kept durably, and what is done about it. */
package io.atoll.control.catalog;
