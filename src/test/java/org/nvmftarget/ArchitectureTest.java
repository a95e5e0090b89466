package org.nvmftarget;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetControl;

/** The floors of the house: which room may know which. {@code docs/architecture.md} draws them. */
@AnalyzeClasses(packages = "org.nvmftarget", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String BASE = "org.nvmftarget.";

    @ArchTest
    static final ArchRule CONTROL_DOES_NOT_KNOW_DATA = noClasses()
            .that()
            .resideInAPackage(BASE + "control..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + "data..", BASE + "cli..");

    @ArchTest
    static final ArchRule DATA_DOES_NOT_KNOW_CONTROL = noClasses()
            .that()
            .resideInAPackage(BASE + "data..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + "control..", BASE + "cli..");

    @ArchTest
    static final ArchRule MODEL_IS_VALUES_ALONE = classes()
            .that()
            .resideInAPackage(BASE + "model..")
            .should()
            .onlyDependOnClassesThat(values(BASE + "model.."));

    @ArchTest
    static final ArchRule PLANNING_IS_PURE = classes()
            .that()
            .resideInAPackage(BASE + "control.plan..")
            .should()
            .onlyDependOnClassesThat(values(BASE + "model..", BASE + "control.plan.."));

    @ArchTest
    static final ArchRule CONFIG_KNOWS_THE_MODEL = mayUse("control.config", "model");

    @ArchTest
    static final ArchRule RENDER_KNOWS_PLANS = mayUse("control.render", "control.plan", "model");

    @ArchTest
    static final ArchRule IMPORTS_BECOME_SPECS = mayUse("control.imports", "control.config", "control.render", "model");

    @ArchTest
    static final ArchRule ADMISSION_IS_ABOVE_CONFIG_PLAN_RENDER =
            mayUse("control.admit", "control.config", "control.plan", "control.render", "model");

    @ArchTest
    static final ArchRule RECONCILIATION_IS_ABOVE_ADMISSION =
            mayUse("control.reconcile", "control.admit", "control.config", "control.plan", "control.render", "model");

    @ArchTest
    static final ArchRule RPC_READS_VIEWS =
            mayUse("control.rpc", "control.reconcile", "control.admit", "control.plan", "control.render", "model");

    @ArchTest
    static final ArchRule METRICS_READ_VIEWS = mayUse("control.metrics", "control.reconcile", "control.admit", "model");

    @ArchTest
    static final ArchRule VIEWS_NEVER_ACT = noClasses()
            .that()
            .resideInAnyPackage(BASE + "control.rpc..", BASE + "control.metrics..")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "the target's control or the executor",
                    c -> c.isAssignableTo(TargetControl.class)
                            || c.getName().equals(BASE + "control.reconcile.Executor")));

    @ArchTest
    static final ArchRule TRANSPORTS_KNOW_THE_CORE_AND_NOT_EACH_OTHER = mayUse(
            "data.tcp", "data.target", "data.net", "data.nvme", "data.reactor", "data.ffi", "data.ffi.libc", "model");

    @ArchTest
    static final ArchRule ADDRESSES_KNOW_REACTORS = mayUse("data.net", "data.reactor", "data.ffi.libc", "model");

    @ArchTest
    static final ArchRule RDMA_ALONE_KNOWS_VERBS = mayUse(
            "data.rdma",
            "data.target",
            "data.net",
            "data.nvme",
            "data.reactor",
            "data.ffi",
            "data.ffi.libc",
            "data.ffi.verbs",
            "model");

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_TRANSPORT = mayUse(
            "data.target",
            "data.auth",
            "data.reservation",
            "data.nvme",
            "data.bdev",
            "data.drive",
            "data.reactor",
            "model");

    @ArchTest
    static final ArchRule THE_STORE_SERVES_THE_CORE =
            mayUse("data.store", "data.target", "data.bdev", "data.reservation", "model");

    @ArchTest
    static final ArchRule RESERVATIONS_ARE_VALUES = classes()
            .that()
            .resideInAPackage(BASE + "data.reservation")
            .should()
            .onlyDependOnClassesThat(values(BASE + "data.reservation", BASE + "data.nvme", BASE + "model"));

    @ArchTest
    static final ArchRule BDEVS_ALONE_KNOW_RINGS =
            mayUse("data.bdev", "data.drive", "data.nvme", "data.reactor", "data.ffi.libc", "data.ffi.uring", "model");

    @ArchTest
    static final ArchRule DRIVES_ARE_ASKED_BY_LIBC = mayUse("data.drive", "data.nvme", "data.ffi.libc", "model");

    @ArchTest
    static final ArchRule AUTHENTICATION_KNOWS_NO_QUEUES = mayUse("data.auth", "data.nvme", "model");

    @ArchTest
    static final ArchRule WIRE_FORMATS_KNOW_NOTHING = mayUse("data.nvme", "model");

    @ArchTest
    static final ArchRule REACTORS_KNOW_LIBC = mayUse("data.reactor", "data.ffi", "data.ffi.libc");

    @ArchTest
    static final ArchRule BINDINGS_KNOW_THE_LINKER = classes()
            .that()
            .resideInAPackage(BASE + "data.ffi..")
            .should()
            .onlyDependOnClassesThat(resideInAPackage(BASE + "data.ffi..").or(foreign()));

    @ArchTest
    static final ArchRule NATIVE_CODE_HAS_ONE_DOOR = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + "data.ffi..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Linker.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(SymbolLookup.class)
            .orShould()
            .callMethodWhere(target(name("reinterpret")).and(target(owner(type(MemorySegment.class)))));

    @ArchTest
    static final ArchRule NO_CIRCLES = slices().matching(BASE + "(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_ENDS_THE_PROGRAM = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + "cli..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule WIRE_FORMATS_HAVE_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage(BASE + "data.nvme..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule STEPS_ARE_RECORDS =
            classes().that().implement(Step.class).should().beRecords();

    @ArchTest
    static final ArchRule CHANGES_ARE_RECORDS =
            classes().that().implement(Change.class).should().beRecords();

    private static ArchRule mayUse(String room, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = BASE + room;
        for (int i = 0; i < others.length; i++) {
            allowed[i + 1] = BASE + others[i];
        }
        return classes()
                .that()
                .resideInAPackage(BASE + room)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(foreign()));
    }

    /** What is not this project's. */
    private static DescribedPredicate<JavaClass> foreign() {
        return not(resideInAPackage("org.nvmftarget..")).as("libraries");
    }

    private static DescribedPredicate<JavaClass> values(String... own) {
        return resideInAnyPackage(own)
                .or(resideInAnyPackage(
                        "java.lang",
                        "java.lang.annotation",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util..",
                        "java.nio.charset",
                        "org.jspecify.annotations"))
                .or(DescribedPredicate.describe("java.time values", ArchitectureTest::isTimeValue))
                .or(DescribedPredicate.describe(
                        "digests and byte buffers",
                        c -> c.getName().equals(MessageDigest.class.getName())
                                || c.getName().equals("java.security.NoSuchAlgorithmException")
                                || c.getName().equals("java.nio.ByteBuffer")
                                || c.isPrimitive()
                                || c.isArray()))
                .and(not(resideInAPackage("java.util.concurrent..")));
    }

    private static boolean isTimeValue(JavaClass c) {
        return c.getName().equals(Duration.class.getName()) || c.getName().equals(Instant.class.getName());
    }
}
