package dev.ambit.runtime.admin;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a process still waits for before it is ready; a task may become pending again. Safe from any
 * thread.
 */
public final class Readiness {

    private final Set<String> pending = new TreeSet<>();

    /** Registers a task that is pending at first. */
    public Task task(String name) {
        Task task = new Task(name);
        task.pending();
        return task;
    }

    /** Names of what is pending, sorted. */
    public Set<String> pendingTasks() {
        synchronized (pending) {
            return new TreeSet<>(pending);
        }
    }

    public boolean ready() {
        synchronized (pending) {
            return pending.isEmpty();
        }
    }

    /** {@code GET /healthz/ready}: 200 {@code ready} or 500 {@code not ready, pending: a, b}. */
    public Consumer<AdminRoutes> routes() {
        return routes -> routes.get("/healthz/ready", request -> answer());
    }

    private AdminResponse answer() {
        Set<String> left = pendingTasks();
        return left.isEmpty()
                ? AdminResponse.text("ready\n")
                : AdminResponse.text(500, "not ready, pending: " + String.join(", ", left) + "\n");
    }

    /** One thing to wait for. */
    public final class Task {
        private final String name;

        private Task(String name) {
            this.name = name;
        }

        public void done() {
            synchronized (pending) {
                pending.remove(name);
            }
        }

        public void pending() {
            synchronized (pending) {
                pending.add(name);
            }
        }
    }
}
