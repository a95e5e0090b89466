package org.nvmftarget.control.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.control.render.Specs.DISK0;
import static org.nvmftarget.control.render.Specs.DISK1;
import static org.nvmftarget.control.render.Specs.HOST_A;
import static org.nvmftarget.control.render.Specs.HOST_B;
import static org.nvmftarget.control.render.Specs.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nvmftarget.control.plan.Guards;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** What an operator reads for each kind of edit: {@code src/test/resources/plan/<case>.txt}. */
class PlanCasesTest {

    private static Plan plan(Specs live, Specs desired) {
        return plan(live, desired, Map.of());
    }

    private static Plan plan(Specs live, Specs desired, Map<ObjectRef, String> pending) {
        return Planner.plan(live.live(), desired.config(), desired.sources(), 7, pending)
                .withRefused(
                        Guards.check(live.config(), desired.config(), DesiredState.Reconcile.DEFAULTS, live.live()));
    }

    private static Map<String, Plan> cases() {
        Map<String, Plan> cases = new LinkedHashMap<>();
        cases.put("nothing-changes", plan(quickstart(), quickstart()));
        cases.put("from-nothing", plan(new Specs(), quickstart().hosts(DISK0, HOST_A)));
        cases.put("add-listener", plan(quickstart(), quickstart().listener(DISK0, "127.0.0.2")));
        cases.put(
                "add-listener-and-namespace",
                plan(
                        quickstart(),
                        quickstart()
                                .malloc("more", 32)
                                .namespace(DISK0, 2, "more")
                                .listener(DISK0, "127.0.0.2")));
        cases.put("remove-listener", plan(quickstart(), quickstart().withoutListener(DISK0, "127.0.0.1")));
        cases.put(
                "remove-namespace",
                plan(quickstart(), quickstart().withoutNamespace(DISK0, 1).without("scratch")));
        cases.put(
                "replace-namespace-uuid",
                plan(quickstart(), quickstart().namespace(DISK0, 1, "scratch", new UUID(1, 2))));
        cases.put("grow-bdev", plan(quickstart(), quickstart().malloc("scratch", 128)));
        cases.put("shrink-bdev", plan(quickstart(), quickstart().malloc("scratch", 32)));
        cases.put("replace-bdev", plan(quickstart(), quickstart().bdev(nullBdev())));
        cases.put(
                "swap-hosts",
                plan(quickstart().hosts(DISK0, HOST_A), quickstart().hosts(DISK0, HOST_B)));
        cases.put("end-allow-any-host", plan(quickstart(), quickstart().hosts(DISK0, HOST_B)));
        cases.put("replace-subsystem", plan(quickstart(), quickstart().serialNumber(DISK0, "NT2")));
        cases.put("move-bdev", plan(quickstart().subsystem(DISK1).listener(DISK1, "127.0.0.1"), moved()));
        cases.put(
                "transport-options",
                plan(
                        quickstart(),
                        quickstart()
                                .transport(new TransportOptions.Tcp(TransportOptions.Common.DEFAULTS, false, 6, 32))));
        cases.put("remove-all", plan(quickstart(), new Specs()));
        cases.put(
                "pending-listener",
                plan(
                        quickstart(),
                        quickstart().malloc("more", 32).listener(DISK0, "10.0.0.1"),
                        Map.of(
                                new ObjectRef.Listener(DISK0, Specs.address("10.0.0.1")),
                                "EADDRNOTAVAIL: no interface has 10.0.0.1")));
        cases.put(
                "remove-transport",
                plan(
                        quickstart(),
                        quickstart().withoutListener(DISK0, "127.0.0.1").without(TransportType.TCP)));
        addAnaCases(cases);
        addDiscoveryCases(cases);
        return cases;
    }

    private static void addAnaCases(Map<String, Plan> cases) {
        Map<Integer, AnaState> first = Map.of(2, AnaState.INACCESSIBLE);
        Map<Integer, AnaState> second = Map.of(1, AnaState.INACCESSIBLE);
        cases.put(
                "ana-new-listener",
                plan(quickstart(), quickstart().listener(DISK0, "127.0.0.2").anaStates(DISK0, "127.0.0.2", second)));
        cases.put(
                "ana-drain",
                plan(twoWays(), twoWays().anaStates(DISK0, "127.0.0.1", Map.of(1, AnaState.INACCESSIBLE))));
        cases.put(
                "ana-swap",
                plan(
                        twoWays().anaStates(DISK0, "127.0.0.1", first).anaStates(DISK0, "127.0.0.2", second),
                        twoWays().anaStates(DISK0, "127.0.0.1", second).anaStates(DISK0, "127.0.0.2", first)));
        cases.put("ana-group", plan(quickstart(), quickstart().anaGroup(DISK0, 1, 2)));
        cases.put("hide-namespace", plan(quickstart(), quickstart().seenBy(DISK0, 1, HOST_B)));
        cases.put(
                "show-namespace",
                plan(quickstart().seenBy(DISK0, 1, HOST_B), quickstart().seenBy(DISK0, 1, HOST_A, HOST_B)));
        cases.put(
                "hide-namespace-and-add-host",
                plan(
                        quickstart().hosts(DISK0, HOST_A),
                        quickstart().hosts(DISK0, HOST_A, HOST_B).seenBy(DISK0, 1, HOST_A)));
    }

    private static Specs twoWays() {
        return quickstart().listener(DISK0, "127.0.0.2");
    }

    private static void addDiscoveryCases(Map<String, Plan> cases) {
        cases.put(
                "discovery",
                plan(quickstart(), quickstart().discovery("127.0.0.9").referral("192.0.2.2", false)));
        cases.put(
                "discovery-removed",
                plan(quickstart().discovery("127.0.0.9").referral("192.0.2.2", false), quickstart()));
        cases.put(
                "discovery-left-to-a-subsystem",
                plan(quickstart().discovery("127.0.0.2"), quickstart().listener(DISK0, "127.0.0.2")));
        cases.put(
                "referral-changed",
                plan(quickstart().referral("192.0.2.2", false), quickstart().referral("192.0.2.2", true)));
        cases.put(
                "discovery-shares-a-new-address",
                plan(quickstart(), quickstart().listener(DISK0, "127.0.0.2").discovery("127.0.0.2")));
        cases.put(
                "discovery-pending",
                plan(
                        quickstart(),
                        quickstart().discovery("10.0.0.1"),
                        Map.of(
                                new ObjectRef.Listener(Nqn.DISCOVERY, Specs.address("10.0.0.1")),
                                "EADDRNOTAVAIL: no interface has 10.0.0.1")));
    }

    private static BdevSpec nullBdev() {
        return new BdevSpec.Null("scratch", 64L << 20, 512, Identity.bdevUuid("null", "scratch", ""));
    }

    private static Specs moved() {
        return quickstart()
                .withoutNamespace(DISK0, 1)
                .subsystem(DISK1)
                .namespace(DISK1, 5, "scratch")
                .listener(DISK1, "127.0.0.1");
    }

    @TestFactory
    Stream<DynamicTest> thePlanReadsAsItsFixture() {
        return cases().entrySet().stream()
                .map(c -> DynamicTest.dynamicTest(
                        c.getKey(), () -> assertEquals(fixture(c.getKey()), PlanText.render(c.getValue(), false))));
    }

    private static String fixture(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(PlanCasesTest.class.getResourceAsStream("/plan/" + name + ".txt"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Writes the fixtures anew, to be read before they are committed. */
    static void main(String[] folder) throws IOException {
        for (Map.Entry<String, Plan> c : cases().entrySet()) {
            Files.writeString(Path.of(folder[0], c.getKey() + ".txt"), PlanText.render(c.getValue(), false));
        }
    }
}
