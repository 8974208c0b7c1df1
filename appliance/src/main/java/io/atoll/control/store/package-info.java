/** Where resources are kept. */
package io.atoll.control.store;
