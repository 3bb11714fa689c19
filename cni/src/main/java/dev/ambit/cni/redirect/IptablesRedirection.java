package dev.ambit.cni.redirect;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.runtime.log.Log;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Redirection by iptables (legacy or nft, as the host has it) and policy routing.
 *
 * <p>Order of a change: guard rail, return route, tables (each at once), look again, guard rail
 * off. A failure leaves the guard rail where it is; the next attempt takes it from there.
 */
public final class IptablesRedirection implements Redirection {

    private static final Log LOG = Log.get("cni::redirect");

    private final String variant;
    private final boolean ipv6;

    /**
     * @param variant "" for the host's default, "-legacy" or "-nft"
     * @param ipv6 false leaves IPv6 alone: only for clusters without it
     */
    public IptablesRedirection(String variant, boolean ipv6) {
        this.variant = variant;
        this.ipv6 = ipv6;
    }

    @Override
    public void install(Path netns, Capture capture) throws RedirectException {
        Command command = new Command(netns);
        for (Family family : families(command)) {
            install(command, family, RuleSet.of(family, capture));
        }
    }

    private void install(Command command, Family family, List<RuleSet> wanted)
            throws RedirectException {
        ReturnRoute route = new ReturnRoute(family, command);
        SavedRules present = save(command, family);
        String unguard = RestoreScript.unguard(present);
        if (RestoreScript.fulfilled(present, wanted) && route.present()) {
            if (!unguard.isEmpty()) {
                restore(command, family, "AMB1511", "guard rail not removed", unguard);
            }
            return;
        }
        restore(
                command,
                family,
                "AMB1510",
                "guard rail not installed",
                RestoreScript.guard(present));
        route.install();
        restore(
                command,
                family,
                "AMB1511",
                "redirection not installed",
                RestoreScript.install(present, wanted));
        SavedRules now = save(command, family);
        for (RuleSet set : wanted) {
            if (!now.contains(set)) {
                LOG.debug("rules differ", "table", set.table(), "found", now.ours(set.table()));
                throw new RedirectException(
                        "AMB1511",
                        "redirection not as written where: table "
                                + set.table()
                                + " why: "
                                + family.tool
                                + "-save shows other rules than were restored");
            }
        }
        restore(command, family, "AMB1511", "guard rail not removed", RestoreScript.unguard(now));
    }

    @Override
    public boolean present(Path netns, Capture capture) throws RedirectException {
        Command command = new Command(netns);
        for (Family family : families(command)) {
            SavedRules saved = save(command, family);
            boolean rules = RestoreScript.fulfilled(saved, RuleSet.of(family, capture));
            boolean guarded = !RestoreScript.unguard(saved).isEmpty();
            if (!rules || guarded || !new ReturnRoute(family, command).present()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void remove(Path netns) throws RedirectException {
        Command command = new Command(netns);
        for (Family family : families(command)) {
            SavedRules present = save(command, family);
            String script = RestoreScript.remove(present) + RestoreScript.unguard(present);
            if (!script.isEmpty()) {
                restore(command, family, "AMB1515", "redirection not removed", script);
            }
            new ReturnRoute(family, command).remove();
        }
    }

    /**
     * IPv4 and, where ip6tables works, IPv6. A pod that has IPv6 addresses but no working ip6tables
     * would speak in plain text over them: that is an error.
     */
    private Set<Family> families(Command command) throws RedirectException {
        if (!ipv6) {
            return EnumSet.of(Family.IPV4);
        }
        Command.Result six = command.run("", List.of(tool(Family.IPV6, "save"), "-t", "nat"));
        if (six.succeeded()) {
            return EnumSet.allOf(Family.class);
        }
        Command.Result addresses =
                command.run("", List.of("ip", "-6", "-o", "addr", "show", "scope", "global"));
        if (addresses.succeeded() && !addresses.out().isBlank()) {
            throw new RedirectException(
                    "AMB1516",
                    "IPv6 cannot be captured although the pod has an address why: "
                            + six.complaint()
                            + " do: load ip6table_nat, or set AMBIENT_IPV6=false if no pod uses IPv6");
        }
        return EnumSet.of(Family.IPV4);
    }

    private String tool(Family family, String what) {
        return family.tool + variant + "-" + what;
    }

    private SavedRules save(Command command, Family family) throws RedirectException {
        return SavedRules.parse(
                command.must("AMB1517", "rules not readable", "", List.of(tool(family, "save"))));
    }

    private void restore(Command command, Family family, String code, String what, String script)
            throws RedirectException {
        command.must(code, what, script, List.of(tool(family, "restore"), "--noflush", "-w", "5"));
    }
}
