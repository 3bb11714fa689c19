package dev.ambit.api.workload;

import dev.ambit.api.Cidr;

/** A block of addresses that stands for a service. */
public record CidrVip(String network, Cidr block) {

    @Override
    public String toString() {
        return network + "/" + block;
    }
}
