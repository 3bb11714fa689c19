package dev.ambit.ztunnel.handover;

import java.nio.file.Path;
import java.time.Duration;

/**
 * @param socket {@code AMBIT_HANDOVER}: where the running process waits for the next one
 * @param linger {@code AMBIT_HANDOVER_LINGER}: how long the old process may finish its tunnels
 * @param build how this process calls itself
 */
public record HandoverConfig(Path socket, Duration linger, String build) {}
