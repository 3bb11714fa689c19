package dev.ambit.waypoint;

import dev.ambit.client.channel.ChannelConfig;
import dev.ambit.runtime.config.EnvReader;

/** Where configuration and certificates come from. */
record ControlPlaneConfig(ChannelConfig xds, ChannelConfig ca) {

    /** Problems are the reader's, to be reported with all others. */
    static ControlPlaneConfig read(EnvReader env) {
        String byDefault = ChannelConfig.defaultAddress(env);
        return new ControlPlaneConfig(
                ChannelConfig.from(env, ChannelConfig.Service.XDS, byDefault),
                ChannelConfig.from(env, ChannelConfig.Service.CA, byDefault));
    }
}
