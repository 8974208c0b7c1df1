/** The resources of a node, and what serves them: no word of NFS, and none of HTTP. */
package io.atoll.control;
