package dev.ambit.tests.mesh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of the product's processes, as {@code ./ambit} runs them. */
final class Processes {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Processes() {}

    static List<String> istiod() {
        return java("istiod");
    }

    static List<String> cni() {
        return java("cni");
    }

    static List<String> ztunnel() {
        return java("ztunnel", "proxy", "ztunnel");
    }

    static List<String> waypoint() {
        return java("waypoint");
    }

    private static List<String> java(String module, String... arguments) {
        Path target = ROOT.resolve(module).resolve("target");
        Path options = ROOT.resolve(module).resolve("jvm.options");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Files.exists(options)) {
            command.add("@" + options);
        }
        command.add("-cp");
        command.add(target.resolve(module + "-0.1.0.jar") + ":" + target.resolve("lib") + "/*");
        command.add("dev.ambit." + module + ".Main");
        command.addAll(List.of(arguments));
        return command;
    }
}
