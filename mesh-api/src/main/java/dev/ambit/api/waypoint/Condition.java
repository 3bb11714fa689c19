package dev.ambit.api.waypoint;

import dev.ambit.api.Cidr;

/** One attribute of a request, named as in Istio: {@code request.headers[x]}, {@code source.ip}. */
public sealed interface Condition {

    String key();

    /** An attribute that is text. */
    record OfText(String key, Values<ValueMatch> values) implements Condition {}

    /** An attribute that is an address. */
    record OfAddress(String key, Values<Cidr> values) implements Condition {}

    /** An attribute that is a port. */
    record OfPort(String key, Values<Integer> values) implements Condition {}
}
