package dev.ambit.client.ads;

/** What a subscription counts: istio_xds_message_total and its siblings (ambient.md 1.4). */
public interface SubscriptionMetrics {

    SubscriptionMetrics NONE =
            new SubscriptionMetrics() {
                @Override
                public void received(String typeUrl, long bytes) {}

                @Override
                public void rejected(String typeUrl, int resources) {}

                @Override
                public void terminated(Termination reason) {}
            };

    /** Labels of istio_xds_connection_terminations_total. */
    enum Termination {
        CONNECTION_ERROR("ConnectionError"),
        ERROR("Error"),
        RECONNECT("Reconnect"),
        COMPLETE("Complete");

        private final String label;

        Termination(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    void received(String typeUrl, long bytes);

    void rejected(String typeUrl, int resources);

    void terminated(Termination reason);
}
