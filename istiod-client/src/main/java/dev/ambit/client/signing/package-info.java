/** Certificates over IstioCertificateService. Uses channel. */
@NullMarked
package dev.ambit.client.signing;

import org.jspecify.annotations.NullMarked;
