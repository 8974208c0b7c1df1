/** Networks as the control plane knows them: addresses, subnets, zones. */
package io.atoll.control.network;
