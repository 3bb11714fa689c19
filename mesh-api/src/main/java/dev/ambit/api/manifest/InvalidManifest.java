package dev.ambit.api.manifest;

/** A file that is not taken; caught where the file's last good content is kept. */
final class InvalidManifest extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ManifestProblem problem;

    InvalidManifest(ManifestProblem problem) {
        super(problem.message(), null, false, false);
        this.problem = problem;
    }

    ManifestProblem problem() {
        return problem;
    }
}
