package dev.ambit.policy.state;

import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;

/** The endpoints of one service that may get connections. Never changes. */
public final class Endpoints extends AbstractList<Endpoint> implements RandomAccess {

    public static final Endpoints NONE = new Endpoints(List.of());

    private final Endpoint[] endpoints;
    private final int maxCapacity;

    public Endpoints(Collection<Endpoint> endpoints) {
        this.endpoints = endpoints.toArray(Endpoint[]::new);
        int max = 0;
        for (Endpoint endpoint : this.endpoints) {
            max = Math.max(max, endpoint.workload().capacity());
        }
        maxCapacity = max;
    }

    @Override
    public Endpoint get(int index) {
        return endpoints[index];
    }

    @Override
    public int size() {
        return endpoints.length;
    }

    /** The greatest weight among them. */
    public int maxCapacity() {
        return maxCapacity;
    }
}
