package dev.ambit.cni.reconcile;

import dev.ambit.cni.zds.ZtunnelLink;
import dev.ambit.cni.zds.ZtunnelLink.Reply;
import dev.ambit.runtime.log.Log;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The connected ztunnels: the newest gets new pods, all are told of pods that are gone. Confined to
 * the reconciler's thread.
 */
final class Ztunnels {

    private static final Log LOG = Log.get("cni::zds");

    private final TreeMap<Long, ZtunnelLink> links = new TreeMap<>();

    void add(ZtunnelLink link) {
        links.put(link.number(), link);
    }

    void remove(ZtunnelLink link) {
        links.remove(link.number());
    }

    int size() {
        return links.size();
    }

    /** Number of the newest, 0 if none is connected. */
    long newest() {
        return links.isEmpty() ? 0 : links.lastKey();
    }

    Optional<ZtunnelLink> newestLink() {
        return Optional.ofNullable(links.lastEntry()).map(e -> e.getValue());
    }

    /** Tells all; one that cannot be told is dropped: it asks for everything when it comes back. */
    void delete(String uid) {
        for (ZtunnelLink link : List.copyOf(links.values())) {
            switch (link.delete(uid)) {
                case Reply.Acknowledged ok -> LOG.debug("pod withdrawn", "uid", uid);
                case Reply.Refused refused ->
                        LOG.warn(
                                "AMB1526 ztunnel refused to let go of a pod",
                                "uid",
                                uid,
                                "error",
                                refused.error());
                case Reply.Lost lost -> remove(link);
            }
        }
    }

    void close() {
        links.values().forEach(ZtunnelLink::close);
        links.clear();
    }
}
