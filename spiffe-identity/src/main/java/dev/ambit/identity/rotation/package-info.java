/**
 * One certificate per id: fetched by priority, renewed at half of its life, kept until it expires.
 */
@NullMarked
package dev.ambit.identity.rotation;

import org.jspecify.annotations.NullMarked;
