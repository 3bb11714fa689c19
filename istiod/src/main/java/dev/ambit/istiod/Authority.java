package dev.ambit.istiod;

import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.ca.CaReload;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.PlugInDirectory;
import dev.ambit.identity.ca.RootStore;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The authority of this istiod: its key from a plug-in directory if there is one, else from its own
 * store; followed when it changes; its roots written where proxies of directory mode read them,
 * beside their tokens (without such a file: into the store).
 */
final class Authority implements AutoCloseable {
    private static final Log LOG = Log.get("istiod::ca");
    private static final String ROOT_FILE = "root-cert.pem";

    private final CertificateAuthority authority;
    private final CaReload reload;
    private final Live.Subscription roots;

    private Authority(CertificateAuthority authority, CaReload reload, Path rootFile) {
        this.authority = authority;
        this.reload = reload;
        this.roots = authority.signingKey().onChange(key -> write(rootFile, key));
    }

    static Authority open(IstiodConfig config, ScheduledExecutorService timer, Clock clock) {
        PlugInDirectory plugIn = new PlugInDirectory(config.caPlugIn(), clock);
        Path rootFile =
                config.tokens()
                        .map(tokens -> tokens.toAbsolutePath().resolveSibling(ROOT_FILE))
                        .orElseGet(() -> config.caStore().resolve(ROOT_FILE));
        if (plugIn.present()) {
            CertificateAuthority made = new CertificateAuthority(plugIn.read(), clock);
            LOG.info("signing with a plugged-in key", "directory", config.caPlugIn().toString());
            return new Authority(
                    made,
                    CaReload.following(plugIn, made, CaReload.Rules.DEFAULT, timer, clock),
                    rootFile);
        }
        RootStore store =
                new RootStore(
                        config.caStore(), new TrustDomain(config.mesh().trustDomain()), clock);
        CertificateAuthority made = new CertificateAuthority(store.open(), clock);
        LOG.info("signing with an own root", "directory", config.caStore().toString());
        return new Authority(made, CaReload.renewing(store, made, timer, clock), rootFile);
    }

    CertificateAuthority certificates() {
        return authority;
    }

    private static void write(Path file, SigningKey key) {
        Path hidden = file.resolveSibling("." + ROOT_FILE + ".new");
        try {
            Files.writeString(hidden, key.bundle().pem());
            Files.move(
                    hidden,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("roots not written to " + file, e);
        }
    }

    @Override
    public void close() {
        roots.close();
        reload.close();
    }
}
