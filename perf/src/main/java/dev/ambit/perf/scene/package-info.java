/** The loads of the table, in their order, on freshly started proxies. */
@NullMarked
package dev.ambit.perf.scene;

import org.jspecify.annotations.NullMarked;
