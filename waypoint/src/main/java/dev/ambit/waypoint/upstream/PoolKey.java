package dev.ambit.waypoint.upstream;

import java.math.BigInteger;

/**
 * Which requests may share HTTP connections.
 *
 * @param certificateSerial of our own certificate: after a rotation new requests take new tunnels,
 *     and the old ones end when they are idle
 */
record PoolKey(Destination destination, BigInteger certificateSerial) {}
