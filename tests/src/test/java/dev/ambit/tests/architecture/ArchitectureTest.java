package dev.ambit.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The walls of the house: edges between modules, order of packages, homes of third parties. Each
 * finding names the two classes and the rule of {@link Rooms} they break.
 */
final class ArchitectureTest {

    private static final String BASE = "dev.ambit.";

    private static JavaClasses classes;

    @BeforeAll
    static void readTheHouse() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.ambit");
        assertThat(classes.size())
                .as("classes of the product on the class path")
                .isGreaterThan(200);
    }

    @Test
    void modulesUseOnlyWhatTheirEdgesAllow() {
        assertThat(
                        violations(
                                (from, to) -> {
                                    String a = module(from);
                                    String b = module(to);
                                    boolean allowed =
                                            a.equals(b)
                                                    || Rooms.EDGES
                                                            .getOrDefault(a, Set.of())
                                                            .contains(b);
                                    return allowed ? "" : "no edge " + a + " -> " + b;
                                }))
                .isEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.ambit.(**)")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void packagesUseOnlyRoomsFurtherIn() {
        assertThat(violations(ArchitectureTest::orderViolation)).isEmpty();
    }

    @Test
    void everyRoomIsOnThePlan() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass c : classes) {
            List<Set<String>> rows = Rooms.ORDER.get(module(c));
            if (rows != null && row(rows, room(c)) < 0) {
                unknown.add(c.getPackageName());
            }
        }
        assertThat(unknown).as("packages that Rooms.ORDER does not place").isEmpty();
    }

    @Test
    void thirdPartiesStayInTheirHomes() {
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, Set<String>> home : Rooms.HOMES.entrySet()) {
            for (JavaClass c : classes) {
                if (home.getValue().contains(module(c))) {
                    continue;
                }
                c.getDirectDependenciesFromSelf().stream()
                        .filter(d -> d.getTargetClass().getName().startsWith(home.getKey() + "."))
                        .forEach(d -> found.add(d.getDescription()));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void productionNeverUsesTestingPackages() {
        assertThat(
                        violations(
                                (from, to) ->
                                        !isTesting(from) && isTesting(to)
                                                ? "testing packages are for tests"
                                                : ""))
                .isEmpty();
    }

    private static String orderViolation(JavaClass from, JavaClass to) {
        if (!module(from).equals(module(to)) || room(from).equals(room(to))) {
            return "";
        }
        List<Set<String>> rows = Rooms.ORDER.get(module(from));
        if (rows == null) {
            return "";
        }
        int a = row(rows, room(from));
        int b = row(rows, room(to));
        return a < 0 || b < 0 || a < b ? "" : room(from) + " may not use " + room(to);
    }

    private static List<String> violations(BiFunction<JavaClass, JavaClass, String> rule) {
        Set<String> found = new TreeSet<>();
        for (JavaClass c : classes) {
            c.getDirectDependenciesFromSelf()
                    .forEach(
                            d -> {
                                JavaClass to = d.getTargetClass().getBaseComponentType();
                                if (!to.getPackageName().startsWith("dev.ambit")) {
                                    return;
                                }
                                String why = rule.apply(c, to);
                                if (!why.isEmpty()) {
                                    found.add(c.getName() + " -> " + to.getName() + ": " + why);
                                }
                            });
        }
        return List.copyOf(found);
    }

    private static String module(JavaClass c) {
        String rest = c.getPackageName().substring(BASE.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    private static String room(JavaClass c) {
        String rest = c.getPackageName().substring(BASE.length() + module(c).length());
        if (rest.isEmpty()) {
            return "";
        }
        int dot = rest.indexOf('.', 1);
        return dot < 0 ? rest.substring(1) : rest.substring(1, dot);
    }

    /** The training run is a load for the build, not a part of a process: nothing may use it. */
    private static boolean isTesting(JavaClass c) {
        return room(c).equals("testing") || room(c).equals("training");
    }

    private static int row(List<Set<String>> rows, String room) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).contains(room)) {
                return i;
            }
        }
        return -1;
    }
}
