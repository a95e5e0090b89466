package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.control.config.Specs.lines;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

class SpecReaderTest {

    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:a");

    /** A valid spec around one subsystem, whose lines are given. */
    private static String subsystem(String... body) {
        return lines("version: 1", "transports: { tcp: , rdma: }", "bdevs:", "  a: { type: malloc, size: 1MiB }")
                + lines("subsystems:", "  nqn.2026-11.org.example:a:")
                + lines(body).replaceAll("(?m)^(?=.)", "    ");
    }

    private static SubsystemSpec onlySubsystem(String... body) {
        return only(Specs.valid(subsystem(body)).target().subsystems(), NQN);
    }

    private static <K, V> V only(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), key::toString);
    }

    @ParameterizedTest
    @MethodSource("org.nvmftarget.control.config.Specs#examples")
    void readsTheExamples(Path example) throws IOException {
        assertEquals("", Specs.report(Specs.read(example).problems()));
    }

    @Test
    void readsVersionAloneAsAnEmptyTarget() {
        DesiredState state = Specs.valid("version: 1\n");

        assertEquals(
                new DesiredState(
                        TargetConfig.EMPTY,
                        DesiredState.Reconcile.DEFAULTS,
                        DesiredState.Log.DEFAULTS,
                        DesiredState.Rpc.DEFAULTS),
                state);
    }

    @Test
    void fillsInDefaultsAndDerivesIdentities() throws IOException {
        TargetConfig target = Specs.read(Path.of("examples/configs/quickstart.yaml"))
                .state()
                .orElseThrow()
                .target();

        Nqn nqn = new Nqn("nqn.2026-11.org.example:quickstart");
        UUID bdev = Identity.bdevUuid("malloc", "memory0", "");
        UUID namespace = Identity.namespaceUuid(nqn, new Nsid(1), bdev);
        assertEquals(TransportOptions.tcp(), target.transports().get(TransportType.TCP));
        assertEquals(
                new BdevSpec.Malloc("memory0", 64 << 20, 512, bdev),
                target.bdevs().get("memory0"));
        assertEquals(
                new SubsystemSpec(
                        nqn,
                        IdentityValues.serialNumber(nqn),
                        "nvmf-target",
                        32,
                        1,
                        0xFFEF,
                        true,
                        new TreeSet<>(),
                        new TreeMap<>(Map.of(
                                new Nsid(1),
                                new NamespaceSpec(
                                        new Nsid(1),
                                        "memory0",
                                        namespace,
                                        Identity.nguid(namespace),
                                        Optional.empty()))),
                        listeners(new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", 4420)),
                        false),
                target.subsystems().get(nqn));
    }

    private static SortedMap<TransportAddress, ListenerSpec> listeners(TransportAddress address) {
        return new TreeMap<>(Map.of(address, ListenerSpec.of(address)));
    }

    @Test
    void readsEveryAttributeOfASubsystem() {
        SubsystemSpec spec = onlySubsystem(
                "serial_number: 00012345",
                "model_number: \"A model\"",
                "max_namespaces: 1024",
                "min_cntlid: 10",
                "max_cntlid: \"20\"",
                "allow_any_host: \"true\"",
                "hosts: { nqn.2026-11.org.example:h1: , nqn.2026-11.org.example:h2: {} }",
                "namespaces:",
                "  \"1024\": { bdev: a, uuid: 6D0A0B06-45c1-4f2c-9a43-0a2d9f2f7a10, nguid: " + "0".repeat(31)
                        + "a, eui64: 1234567890123456 }",
                "listeners: [{ trtype: rdma, traddr: \"FE80:0::1%eth0\", trsvcid: 4420, adrfam: IPv6 }]",
                "protect: true");

        assertEquals(
                new SubsystemSpec(
                        NQN,
                        "00012345",
                        "A model",
                        1024,
                        10,
                        20,
                        true,
                        new TreeSet<>(
                                List.of(new Nqn("nqn.2026-11.org.example:h1"), new Nqn("nqn.2026-11.org.example:h2"))),
                        new TreeMap<>(Map.of(
                                new Nsid(1024),
                                new NamespaceSpec(
                                        new Nsid(1024),
                                        "a",
                                        UUID.fromString("6d0a0b06-45c1-4f2c-9a43-0a2d9f2f7a10"),
                                        "0".repeat(31) + "A",
                                        Optional.of("1234567890123456")))),
                        listeners(new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "fe80::1%eth0", 4420)),
                        true),
                spec);
    }

    @Test
    void readsWhoSeesANamespaceAndItsAnaGroup() {
        SubsystemSpec spec = onlySubsystem(
                "hosts: { nqn.2026-11.org.example:h1: , nqn.2026-11.org.example:h2: }",
                "namespaces:",
                "  1: { bdev: a, ana_group: \"128\", hosts: { nqn.2026-11.org.example:h2: {} } }");

        NamespaceSpec namespace = only(spec.namespaces(), new Nsid(1));
        assertEquals(128, namespace.anaGroup());
        assertEquals(Optional.of(new TreeSet<>(List.of(new Nqn("nqn.2026-11.org.example:h2")))), namespace.hosts());
    }

    @Test
    void anEmptyMapOfHostsHidesANamespaceAndNoneShowsIt() {
        assertEquals(Optional.of(new TreeSet<>()), firstNamespace("hosts: {}").hosts());
        assertEquals(Optional.of(new TreeSet<>()), firstNamespace("hosts: ").hosts());
        assertEquals(Optional.empty(), firstNamespace("ana_group: 1").hosts());
    }

    private static NamespaceSpec firstNamespace(String settings) {
        return only(
                onlySubsystem("namespaces: { 1: { bdev: a, " + settings + " } }")
                        .namespaces(),
                new Nsid(1));
    }

    @Test
    void readsAnaStatesAsOneWordOrByGroup() {
        SortedMap<TransportAddress, ListenerSpec> listeners = onlySubsystem(
                        "listeners:",
                        "  - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }",
                        "  - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420, ana_state: inaccessible }",
                        "  - { trtype: tcp, traddr: 10.0.0.3, trsvcid: 4420, ana_state: { 2: change, \"1\": optimized"
                                + " } }",
                        "  - { trtype: tcp, traddr: 10.0.0.4, trsvcid: 4420, ana_state: {} }")
                .listeners();

        assertEquals(
                List.of(
                        ListenerSpec.of(tcp("10.0.0.1")),
                        ListenerSpec.of(tcp("10.0.0.2"), AnaState.INACCESSIBLE),
                        new ListenerSpec(
                                tcp("10.0.0.3"), AnaState.OPTIMIZED, new TreeMap<>(Map.of(2, AnaState.CHANGE))),
                        ListenerSpec.of(tcp("10.0.0.4"))),
                List.copyOf(listeners.values()));
    }

    private static TransportAddress tcp(String traddr) {
        return new TransportAddress(TransportType.TCP, AddressFamily.IPV4, traddr, 4420);
    }

    @Test
    void readsDiscovery() {
        SpecResult result = Specs.read(lines(
                "version: 1",
                "transports: { tcp: }",
                "discovery:",
                "  listeners: [{ trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }]",
                "  referrals:",
                "    - { trtype: rdma, traddr: \"fd00::1\", trsvcid: 8009 }",
                "    - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420, subnqn: nqn.2026-11.org.example:d,",
                "        secure_channel: true }"));

        TransportAddress there = new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "fd00::1", 8009);
        assertEquals(
                new DiscoverySpec(
                        new TreeSet<>(List.of(tcp("10.0.0.1"))),
                        new TreeMap<>(Map.of(
                                there,
                                Referral.of(there),
                                tcp("10.0.0.2"),
                                new Referral(tcp("10.0.0.2"), new Nqn("nqn.2026-11.org.example:d"), true)))),
                result.state().orElseThrow().target().discovery());
        assertEquals(
                4,
                result.sources()
                        .of(new ObjectRef.Listener(Nqn.DISCOVERY, tcp("10.0.0.1")))
                        .orElseThrow()
                        .line());
        assertEquals(
                6,
                result.sources().of(new ObjectRef.Referral(there)).orElseThrow().line());
    }

    @Test
    void readsEveryTransportOption() {
        TargetConfig target = Specs.valid(lines(
                        "version: 1",
                        "transports:",
                        "  rdma: { max_queue_depth: 64, max_io_qpairs_per_ctrlr: 8, in_capsule_data_size:" + " 8KiB,",
                        "    max_aq_depth: 32, max_io_size: 1MiB, ack_timeout: 20, kas: 5, min_kato: 1500,",
                        "    abort_timeout_sec: 2, max_srq_depth: 1024, no_srq: true, num_cqe: 512,",
                        "    acceptor_backlog: 16, no_wr_batching: true, data_wr_pool_size: 100, poll: busy }",
                        "  tcp: { in_capsule_data_size: 0, c2h_success: false, sock_priority: 6,"
                                + " control_msg_num: 64 }"))
                .target();

        TransportOptions.Common d = TransportOptions.Common.DEFAULTS;
        assertEquals(
                new TransportOptions.Rdma(
                        new TransportOptions.Common(64, 8, 8192, 32, 1 << 20, 20, 5, 1500, 2),
                        1024,
                        true,
                        512,
                        16,
                        true,
                        100,
                        TransportOptions.Poll.BUSY),
                target.transports().get(TransportType.RDMA));
        assertEquals(
                new TransportOptions.Tcp(
                        new TransportOptions.Common(
                                d.maxQueueDepth(),
                                d.maxIoQpairsPerCtrlr(),
                                0,
                                d.maxAqDepth(),
                                d.maxIoSizeBytes(),
                                d.ackTimeoutMs(),
                                d.kasUnits(),
                                d.minKatoMs(),
                                d.abortTimeoutSec()),
                        false,
                        6,
                        64),
                target.transports().get(TransportType.TCP));
    }

    @Test
    void raisesTheDefaultOfMinKatoToAMultipleOfKas() {
        TransportOptions tcp = only(
                Specs.valid("version: 1\ntransports: { tcp: { kas: 30 } }\n")
                        .target()
                        .transports(),
                TransportType.TCP);

        assertEquals(12_000, tcp.common().minKatoMs());
    }

    @Test
    void readsTheProgramsOwnSettings() {
        DesiredState state = Specs.valid(lines(
                "version: 1",
                "reconcile: { resync: 1m, pause_timeout: 500ms, settle: 0s, max_deletions: 100%, on_active: proceed }",
                "log: { level: debug, flags: [nvmf_tcp, nvmf_rdma] }",
                "rpc: { group: telegraf, mode: 0660 }"));

        assertEquals(
                new DesiredState.Reconcile(
                        Duration.ofMinutes(1),
                        Duration.ofMillis(500),
                        Duration.ZERO,
                        100,
                        DesiredState.OnActive.PROCEED),
                state.reconcile());
        assertEquals(new DesiredState.Log("debug", List.of("nvmf_rdma", "nvmf_tcp")), state.log());
        assertEquals(new DesiredState.Rpc(Optional.of("telegraf"), 0660), state.rpc());
    }

    @Test
    void readsQuotedNullAsABdevType() {
        TargetConfig target = Specs.valid(
                        "version: 1\nbdevs: { z: { type: \"null\", size: 1TiB, block_size: 4096 } }\n")
                .target();

        assertEquals("null", only(target.bdevs(), "z").type());
    }

    @Test
    void takesNothingAsAnEmptySection() {
        assertTrue(Specs.valid("version: 1\ntransports:\nbdevs:\nsubsystems:\nlog:\nrpc:\nreconcile:\n")
                .target()
                .isEmpty());
    }

    @Test
    void letsSubsystemsShareAnAddressAndTransportsShareAPort() {
        String listeners = "    listeners: [{ trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 },"
                + " { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }]\n";
        String spec = "version: 1\ntransports: { tcp: , rdma: }\nsubsystems:\n  nqn.2026-11.org.example:a:\n"
                + listeners + "  nqn.2026-11.org.example:b:\n" + listeners;

        assertEquals(
                2,
                only(Specs.valid(spec).target().subsystems(), NQN).listeners().size());
    }

    @Test
    void knowsWhereEachObjectWasDeclared() {
        SourceMap sources = Specs.read(subsystem(
                        "hosts: { nqn.2026-11.org.example:h: }",
                        "namespaces:",
                        "  1: { bdev: a }",
                        "listeners:",
                        "  - trtype: tcp",
                        "    traddr: 10.0.0.1",
                        "    trsvcid: 4420"))
                .sources();

        TransportAddress address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);
        assertEquals("a.yaml:2", where(sources, new ObjectRef.Transport(TransportType.TCP)));
        assertEquals("a.yaml:4", where(sources, new ObjectRef.Bdev("a")));
        assertEquals("a.yaml:6", where(sources, new ObjectRef.Subsystem(NQN)));
        assertEquals("a.yaml:7", where(sources, new ObjectRef.Host(NQN, new Nqn("nqn.2026-11.org.example:h"))));
        assertEquals("a.yaml:9", where(sources, new ObjectRef.Namespace(NQN, new Nsid(1))));
        assertEquals("a.yaml:11", where(sources, new ObjectRef.Listener(NQN, address)));
    }

    private static String where(SourceMap sources, ObjectRef object) {
        return sources.of(object).orElseThrow().toString();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "::, ::",
        "::1, ::1",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:DB8::0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8::, 2001:db8::",
    })
    void writesAddressesInCanonicalText(String declared, String canonical) {
        SubsystemSpec spec = onlySubsystem("listeners: [{ trtype: tcp, traddr: \"" + declared + "\", trsvcid: 4420 }]");

        assertEquals(canonical, spec.listeners().firstKey().traddr());
    }

    @Test
    void derivesSerialNumbersThatFitAndDiffer() {
        String a = IdentityValues.serialNumber(NQN);

        assertEquals(16, a.length());
        assertTrue(!a.equals(IdentityValues.serialNumber(new Nqn("nqn.2026-11.org.example:b"))));
    }

    @Test
    void reportsThatThereIsNoFile() {
        assertEquals(
                ":0:1: : there is no file to read\n",
                Specs.report(SpecReader.read(List.of()).problems()));
    }
}
