@NullMarked
package dev.ambit.ztunnel.admin;

import org.jspecify.annotations.NullMarked;
