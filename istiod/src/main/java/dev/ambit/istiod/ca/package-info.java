/**
 * The CSR endpoint: {@link dev.ambit.istiod.ca.CertificateService} asks {@link
 * dev.ambit.istiod.ca.CallerAuthenticator} who calls, {@link dev.ambit.istiod.ca.NodeAuthorizer}
 * what that caller may have, and has it issued by the certificate authority of spiffe-identity.
 * What it must know of the cluster it asks through {@link dev.ambit.istiod.ca.CallerAuthenticator}
 * and {@link dev.ambit.istiod.ca.WorkloadsOnNode}, which the root connects. Uses no other room of
 * istiod.
 */
@NullMarked
package dev.ambit.istiod.ca;

import org.jspecify.annotations.NullMarked;
