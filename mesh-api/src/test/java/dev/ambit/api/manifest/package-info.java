@NullMarked
package dev.ambit.api.manifest;

import org.jspecify.annotations.NullMarked;
