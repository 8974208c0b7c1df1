/** What all of AWS's protocols share: requests, signatures, errors. No word of Vert.x or of EFS. */
package io.atoll.api.aws;
