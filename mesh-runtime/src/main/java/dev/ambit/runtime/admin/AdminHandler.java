package dev.ambit.runtime.admin;

/**
 * Answers one route. Runs on a virtual thread, so it may block; what it throws becomes 500 with the
 * text.
 */
@FunctionalInterface
public interface AdminHandler {
    AdminResponse handle(AdminRequest request) throws Exception;
}
