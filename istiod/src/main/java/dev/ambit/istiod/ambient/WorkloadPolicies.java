package dev.ambit.istiod.ambient;

import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.PeerAuthentication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which policies a workload names: those whose selector selects it, in its own namespace and in the
 * root namespace, and what PeerAuthentication comes to for it.
 */
final class WorkloadPolicies {

    /** The tables it looks into. */
    record Sources(
            Table<ObjectName, Map<String, String>> selectors,
            IndexTable<SelectorCell, ObjectName> bySelector,
            Table<ObjectName, PeerAuthentication> peers,
            IndexTable<String, ObjectName> peersOfNamespace,
            IndexTable<SelectorCell, ObjectName> peersBySelector) {}

    private final Sources sources;
    private final String root;

    WorkloadPolicies(Sources sources, MeshSettings settings) {
        this.sources = sources;
        this.root = settings.rootNamespace();
    }

    /** Keys {@code namespace/name}: policies sorted, then those of PeerAuthentication. */
    List<String> of(String namespace, Map<String, String> labels, Reads reads) {
        TreeSet<String> keys = new TreeSet<>();
        selecting(namespace, labels, keys, reads);
        if (!namespace.equals(root)) {
            selecting(root, labels, keys, reads);
        }
        List<String> all = new ArrayList<>(keys);
        all.addAll(
                PeerAuthenticationTranslation.keys(
                        root,
                        defaultStrict(namespace, reads),
                        oldestSelecting(namespace, labels, reads)));
        return all;
    }

    /** What the namespace and the mesh come to where a workload says nothing of its own. */
    boolean defaultStrict(String namespace, Reads reads) {
        return PeerAuthenticationTranslation.strictByDefault(
                oldest(root, reads), namespace.equals(root) ? null : oldest(namespace, reads));
    }

    private void selecting(
            String namespace, Map<String, String> labels, java.util.Set<String> keys, Reads reads) {
        for (SelectorCell cell : SelectorCell.candidates(namespace, labels)) {
            for (ObjectName name : reads.find(sources.bySelector(), cell)) {
                Map<String, String> selector = reads.get(sources.selectors(), name);
                if (selector != null && SelectorCell.selects(selector, labels)) {
                    keys.add(name.toString());
                }
            }
        }
    }

    private @Nullable PeerAuthentication oldest(String namespace, Reads reads) {
        PeerAuthentication oldest = null;
        for (ObjectName name : reads.find(sources.peersOfNamespace(), namespace)) {
            oldest = older(oldest, reads.get(sources.peers(), name));
        }
        return oldest;
    }

    /** In the root namespace a selector selects nothing elsewhere, and Istio ignores it there. */
    private @Nullable PeerAuthentication oldestSelecting(
            String namespace, Map<String, String> labels, Reads reads) {
        if (namespace.equals(root)) {
            return null;
        }
        PeerAuthentication oldest = null;
        for (SelectorCell cell : SelectorCell.candidates(namespace, labels)) {
            for (ObjectName name : reads.find(sources.peersBySelector(), cell)) {
                PeerAuthentication peer = reads.get(sources.peers(), name);
                if (peer != null
                        && peer.selector() != null
                        && SelectorCell.selects(peer.selector(), labels)) {
                    oldest = older(oldest, peer);
                }
            }
        }
        return oldest;
    }

    private static @Nullable PeerAuthentication older(
            @Nullable PeerAuthentication a, @Nullable PeerAuthentication b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.meta().compareAge(b.meta()) <= 0 ? a : b;
    }

    /** A selector that names no label is none. */
    static boolean hasSelector(PeerAuthentication peer) {
        return peer.selector() != null && !peer.selector().isEmpty();
    }
}
