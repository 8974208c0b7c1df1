/**
 * The life of resources, as EFS rules it. All of it runs on the control thread, one step after the
 * other, so that a check and the change that it allows are one.
 */
package io.atoll.control.service;
