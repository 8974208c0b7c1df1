/**
 * What Terraform's provider and the CSI driver ask of EC2 and STS, in AWS's query protocol and XML,
 * answered from the node's network.
 */
package io.atoll.api.query;
