package org.nvmftarget.data.rdma;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Faults;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.SoftDevice;
import org.nvmftarget.verbs.host.HostCommand;

/** Worlds, and what happens in them. */
final class SimActs {
    private SimActs() {}

    /** Faults after which a transport can go on. */
    private static final List<Faults.Point> POINTS = List.of(
            Faults.Point.CREATE_ID,
            Faults.Point.BIND,
            Faults.Point.LISTEN,
            Faults.Point.QUERY_DEVICE,
            Faults.Point.ALLOCATE_DOMAIN,
            Faults.Point.REGISTER,
            Faults.Point.CREATE_CHANNEL,
            Faults.Point.CREATE_CQ,
            Faults.Point.CREATE_SRQ,
            Faults.Point.CREATE_QP,
            Faults.Point.ACCEPT,
            Faults.Point.REJECT,
            Faults.Point.DISCONNECT,
            Faults.Point.ACK_TIMEOUT,
            Faults.Point.POST_SEND,
            Faults.Point.POST_RECV,
            Faults.Point.POST_SRQ_RECV,
            Faults.Point.POLL,
            Faults.Point.ARM,
            Faults.Point.DRAIN,
            Faults.Point.MODIFY,
            Faults.Point.QUERY_QP,
            Faults.Point.ARM_LIMIT);

    static Arbitrary<List<SimAct>> lives() {
        return afterAConnect(Arbitraries.frequencyOf(
                        Tuple.of(3, connects()), Tuple.of(12, io()), Tuple.of(2, admin()), Tuple.of(8, passes()))
                .list()
                .ofMaxSize(40));
    }

    /** In every world there is a host before anything else happens. */
    private static Arbitrary<List<SimAct>> afterAConnect(Arbitrary<List<SimAct>> acts) {
        Arbitrary<List<SimAct>> begin =
                Combinators.combine(connects(), passes()).as((connect, pass) -> List.of(connect, pass));
        return Combinators.combine(begin, acts).as((first, rest) -> {
            List<SimAct> all = new ArrayList<>(first);
            all.addAll(rest);
            return all;
        });
    }

    static Arbitrary<List<SimAct>> troubles() {
        return afterAConnect(Arbitraries.frequencyOf(
                        Tuple.of(6, connects()),
                        Tuple.of(14, io()),
                        Tuple.of(3, admin()),
                        Tuple.of(2, errors()),
                        Tuple.of(4, leaves()),
                        Tuple.of(1, halfOpen()),
                        Tuple.of(3, faults()),
                        Tuple.of(3, devices()),
                        Tuple.of(1, listeners()),
                        Tuple.of(3, changes()),
                        Tuple.of(1, stalls()),
                        Tuple.of(12, passes()))
                .list()
                .ofMaxSize(60));
    }

    private static Arbitrary<Integer> to(int most) {
        return Arbitraries.integers().between(0, most);
    }

    private static Arbitrary<SimAct> connects() {
        return Combinators.combine(
                        to(1),
                        Arbitraries.of(1, 1, 2, 0, 3),
                        Arbitraries.of(4, 8, 2, 16, 32),
                        Arbitraries.of(4, 1, 2, 16))
                .as(SimAct.Connect::new);
    }

    private static Arbitrary<SimAct> halfOpen() {
        return to(1).map(SimAct.HalfOpen::new);
    }

    private static Arbitrary<SimAct> io() {
        return Combinators.combine(
                        to(7),
                        Arbitraries.of(
                                SimAct.Op.READ, SimAct.Op.WRITE, SimAct.Op.WRITE, SimAct.Op.ZERO, SimAct.Op.FLUSH),
                        Arbitraries.of(1, 2, 4, 16, 31),
                        to(SimRig.BLOCKS - 1),
                        Arbitraries.of(8, 1, 2, 7, 16, 17, 64, 128, 256, 2048),
                        Arbitraries.of(HostCommand.Sgl.class),
                        Arbitraries.integers().between(1, 16))
                .as(SimAct.Io::new);
    }

    private static Arbitrary<SimAct> admin() {
        return Combinators.combine(to(3), Arbitraries.of(SimAct.AdminOp.class)).as(SimAct.Admin::new);
    }

    private static Arbitrary<SimAct> errors() {
        return Combinators.combine(to(7), Arbitraries.of(SimAct.Mistake.class)).as(SimAct.Err::new);
    }

    private static Arbitrary<SimAct> leaves() {
        return Combinators.combine(to(3), Arbitraries.of(SimAct.Exit.class)).as(SimAct.Leave::new);
    }

    private static Arbitrary<SimAct> faults() {
        return Combinators.combine(
                        Arbitraries.of(POINTS),
                        Arbitraries.of(0, 1, 3, 10, 40),
                        Arbitraries.of(VerbsException.ENOMEM, VerbsException.EIO, VerbsException.EINVAL))
                .as(SimAct.Fault::new);
    }

    private static Arbitrary<SimAct> devices() {
        return Combinators.combine(to(1), Arbitraries.of(SimAct.Trouble.class)).as(SimAct.Device::new);
    }

    private static Arbitrary<SimAct> listeners() {
        return Combinators.combine(to(1), Arbitraries.of(true, false)).as(SimAct.Listener::new);
    }

    private static Arbitrary<SimAct> changes() {
        return Arbitraries.of(SimAct.Control.class).map(SimAct.Change::new);
    }

    private static Arbitrary<SimAct> stalls() {
        return Combinators.combine(to(2), Arbitraries.of(1, 20, 300, 3000).map(Duration::ofMillis))
                .as(SimAct.Stall::new);
    }

    private static Arbitrary<SimAct> passes() {
        return Arbitraries.of(2000, 5, 30, 200, 5000, 50_000, 1_000_000, 12_000_000)
                .map(us -> new SimAct.Pass(Duration.ofNanos(us * 1000L)));
    }

    // --- settings --------------------------------------------------------------------------------------------------

    static Arbitrary<Flavor> flavors() {
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Arbitraries.oneOf(
                Arbitraries.of(Flavor.SOFT_ROCE, Flavor.ADAPTER),
                Combinators.combine(either, either, either, either, either).as(Flavor::new));
    }

    /** Options that the devices can honour, most of them scarce. */
    static Arbitrary<TransportOptions.Rdma> options() {
        Arbitrary<TransportOptions.Common> common = Combinators.combine(
                        Arbitraries.of(32, 8, 4, 128),
                        Arbitraries.of(4096, 256, 8192),
                        Arbitraries.of(131072, 8192, 65536, 1 << 20))
                .as((depth, inCapsule, maxIo) ->
                        new TransportOptions.Common(depth, 4, inCapsule, 32, maxIo, 0, 100, 10_000, 1));
        return Combinators.combine(
                        common,
                        Arbitraries.of(256, 128, 1024),
                        Arbitraries.of(true, false),
                        Arbitraries.of(4095, 128, 512),
                        Arbitraries.of(128, 2),
                        Arbitraries.of(false, true),
                        Arbitraries.of(4095, 32, 64),
                        Arbitraries.of(TransportOptions.Poll.class))
                .as(TransportOptions.Rdma::new)
                .filter(SimActs::fits);
    }

    private static boolean fits(TransportOptions.Rdma options) {
        return new DeviceFit("any", SoftDevice.LIMITS, options, SimRig.REACTORS, Long.MAX_VALUE)
                .problem()
                .isEmpty();
    }
}
