package dev.ambit.ztunnel;

import dev.ambit.api.TypeUrls;
import dev.ambit.client.ads.DeltaSubscription;
import dev.ambit.ztunnel.state.AddressDemand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries names to the subscription; keeps those that are wanted before it exists. Any thread. */
final class OnDemandSubscriber implements AddressDemand.Subscriber {

    private final List<String> early = new ArrayList<>();
    private @Nullable DeltaSubscription subscription;

    synchronized void set(DeltaSubscription begun) {
        subscription = begun;
        begun.subscribe(TypeUrls.ADDRESS, early);
        early.clear();
    }

    @Override
    public synchronized void subscribe(Collection<String> names) {
        if (subscription == null) {
            early.addAll(names);
        } else {
            subscription.subscribe(TypeUrls.ADDRESS, names);
        }
    }

    @Override
    public synchronized void unsubscribe(Collection<String> names) {
        if (subscription == null) {
            early.removeAll(names);
        } else {
            subscription.unsubscribe(TypeUrls.ADDRESS, names);
        }
    }
}
