/**
 * The 31 operations of EFS's API, version 2015-02-01: what they are asked, and what they answer.
 */
package io.atoll.api.efs;
