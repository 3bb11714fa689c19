package dev.ambit.demo.bed;

/**
 * A machine of the bed.
 *
 * @param index from 1; decides the addresses
 * @param podNetwork first three bytes of its pods' addresses
 */
public record Node(String name, String namespace, String address, int index, String podNetwork)
        implements Place {

    /** Where its pods send what is not for themselves. */
    public String gateway() {
        return podNetwork + ".1";
    }

    /** Pod addresses of this node in CIDR form. */
    public String podCidr() {
        return podNetwork + ".0/24";
    }
}
