package dev.ambit.istiod.resource;

import java.util.List;

/**
 * Where objects come from: a directory of manifests, or the Kubernetes API. Nothing behind a source
 * knows which one it is.
 */
public interface Source extends AutoCloseable {

    /** Where a source puts what it finds. Safe from any thread; keeps the order of calls. */
    interface Sink {

        /**
         * Some objects are new or different, some are gone. The first call has all there are: until
         * then nothing is told to anybody.
         */
        void changed(List<MeshObject> taken, List<MeshObject> removed);
    }

    /** Starts reading into the sink. Called once. */
    void start(Sink sink);

    @Override
    void close();
}
