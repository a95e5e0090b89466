package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.nvmftarget.data.bdev.LimitWorld.Begun;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;

/**
 * Limits against what anybody can count: how much has begun in every span of time, by a clock that goes on by hand. Three
 * reactors turn at times of their own.
 */
class LimitProperties {

    private static final int BLOCK = 512;
    private static final long MIB = 1 << 20;
    private static final long MS = 1_000_000;
    private static final long S = 1_000_000_000;

    /** What happens next. */
    sealed interface Act {
        record Submit(int reactor, BdevOp op, int blocks) implements Act {}

        /** Some reactor turns, {@code ns} later than whatever was before. */
        record Turn(int reactor, long ns) implements Act {}

        record Limit(BdevLimits limits) implements Act {}

        /** Takes back one of those that wait. */
        record Withdraw(int which) implements Act {}
    }

    @Provide
    Arbitrary<BdevLimits> limits() {
        Arbitrary<Long> iops = Arbitraries.of(0L, 100L, 3000L, 70_000L, 1_234_567L);
        Arbitrary<Long> bandwidth = Arbitraries.of(0L, MIB, 7 * MIB, 300 * MIB);
        return Combinators.combine(iops, iops, iops, bandwidth, bandwidth, bandwidth)
                .as(BdevLimits::new);
    }

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Integer> reactor = Arbitraries.integers().between(0, LimitWorld.REACTORS - 1);
        Arbitrary<Act> submit = Combinators.combine(reactor, Arbitraries.of(BdevOp.values()), Arbitraries.of(1, 8, 256))
                .as(Act.Submit::new);
        Arbitrary<Act> turn = Combinators.combine(reactor, Arbitraries.longs().between(0, 3 * MS))
                .as(Act.Turn::new);
        return Arbitraries.frequencyOf(Tuple.of(10, submit), Tuple.of(5, turn))
                .list()
                .ofMaxSize(400);
    }

    @Provide
    Arbitrary<List<Act>> eventfulActs() {
        Arbitrary<Act> limit = limits().map(Act.Limit::new);
        Arbitrary<Act> withdraw = Arbitraries.integers().between(0, 1000).map(Act.Withdraw::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(15, acts().map(List::copyOf)),
                        Tuple.of(3, limit.map(List::of)),
                        Tuple.of(3, withdraw.map(List::of)))
                .list()
                .ofMaxSize(12)
                .map(lists -> lists.stream().flatMap(List::stream).toList());
    }

    private static LimitWorld play(BdevLimits limits, List<Act> acts) {
        LimitWorld world = new LimitWorld(new BdevSpec.Null("n", 1L << 30, BLOCK, new UUID(1, 1)).withLimits(limits));
        for (Act act : acts) {
            switch (act) {
                case Act.Submit s -> world.submit(s.reactor(), s.op(), s.blocks());
                case Act.Turn t -> world.turn(t.reactor(), t.ns());
                case Act.Limit l -> world.limit(l.limits());
                case Act.Withdraw w -> world.withdraw(w.which());
            }
        }
        return world;
    }

    @Property
    void inNoSpanOfTimeBeginsMoreThanTheRateAndTheBurstAllow(
            @ForAll("limits") BdevLimits limits, @ForAll("acts") List<Act> acts) {
        LimitWorld world = play(limits, acts);
        world.finish();
        checkRate(world.begun(), limits.iops(), b -> b.isFree() ? 0 : 1);
        checkRate(world.begun(), limits.readIops(), b -> b.isRead() ? 1 : 0);
        checkRate(world.begun(), limits.writeIops(), b -> b.isRead() || b.isFree() ? 0 : 1);
        checkRate(world.begun(), limits.bandwidthBytes(), Begun::bytes);
        checkRate(world.begun(), limits.readBandwidthBytes(), b -> b.isRead() ? b.bytes() : 0);
        checkRate(world.begun(), limits.writeBandwidthBytes(), b -> b.isRead() ? 0 : b.bytes());
    }

    private interface Tokens {
        long of(Begun begun);
    }

    /** Beside the burst, each line of each reactor may have had its first one ready for longer. */
    private static void checkRate(List<Begun> all, long perS, Tokens tokens) {
        if (perS == 0) {
            return;
        }
        long most = all.stream().mapToLong(tokens::of).max().orElse(0);
        long[] sums = new long[all.size() + 1];
        for (int i = 0; i < all.size(); i++) {
            sums[i + 1] = sums[i] + tokens.of(all.get(i));
        }
        for (int from = 0; from < all.size(); from++) {
            for (int to = from; to < all.size(); to++) {
                long spanNs = all.get(to).atNs() - all.get(from).atNs();
                double allowed = (double) perS * (spanNs + Rate.BURST_NS) / S + most * (1 + 2L * LimitWorld.REACTORS);
                int first = from;
                int last = to;
                assertTrue(
                        sums[to + 1] - sums[from] <= allowed,
                        () -> sums[last + 1] - sums[first] + " in " + spanNs + " ns, and " + perS + "/s is the limit");
            }
        }
    }

    @Property
    void eachReactorBeginsWhatReadsAndWhatWritesInTheOrderOfItsComing(
            @ForAll("limits") BdevLimits limits, @ForAll("eventfulActs") List<Act> acts) {
        LimitWorld world = play(limits, acts);
        world.finish();
        for (int reactor = 0; reactor < LimitWorld.REACTORS; reactor++) {
            for (boolean reads : new boolean[] {true, false}) {
                int r = reactor;
                List<Integer> numbers = world.begun().stream()
                        .filter(b -> b.reactor() == r && b.isRead() == reads && !b.isFree())
                        .map(Begun::number)
                        .toList();
                assertEquals(numbers.stream().sorted().toList(), numbers);
            }
        }
    }

    @Property
    void everyOperationBeginsOnceOrIsTakenBack(
            @ForAll("limits") BdevLimits limits, @ForAll("eventfulActs") List<Act> acts) {
        LimitWorld world = play(limits, acts);
        world.finish();
        List<Integer> ended =
                new ArrayList<>(world.begun().stream().map(Begun::number).toList());
        ended.addAll(world.withdrawn());
        ended.sort(Integer::compare);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < world.submitted(); i++) {
            all.add(i);
        }
        assertEquals(all, ended);
        assertEquals(0, world.waiting());
    }

    /** All reactors have always something to do, and turn equally often, but one comes late each time. */
    @Property
    void noReactorIsPassedOver(@ForAll("busyLimits") BdevLimits limits) {
        LimitWorld world = new LimitWorld(new BdevSpec.Null("n", 1L << 30, BLOCK, new UUID(1, 1)).withLimits(limits));
        int each = 400;
        for (int i = 0; i < each; i++) {
            for (int reactor = 0; reactor < LimitWorld.REACTORS; reactor++) {
                world.submit(reactor, BdevOp.READ, 8);
            }
        }
        while (world.begun().size() < each * 2) {
            world.turnAll(10_000);
        }
        int[] counts = new int[LimitWorld.REACTORS];
        world.begun().forEach(b -> counts[b.reactor()]++);
        int least = Arrays.stream(counts).min().orElseThrow();
        int most = Arrays.stream(counts).max().orElseThrow();
        // Before anything had to wait, the first of them could take what the burst allows.
        long burst = limits.iops() * Rate.BURST_NS / S + limits.bandwidthBytes() * Rate.BURST_NS / S / (8 * BLOCK);
        assertTrue(most - least <= burst + 3 * LimitWorld.REACTORS, () -> Arrays.toString(counts));
    }

    @Provide
    Arbitrary<BdevLimits> busyLimits() {
        return Arbitraries.oneOf(
                Arbitraries.of(1000L, 9000L, 33_333L).map(iops -> new BdevLimits(iops, 0, 0, 0, 0, 0)),
                Arbitraries.of(4 * MIB, 37 * MIB).map(bytes -> new BdevLimits(0, 0, 0, bytes, 0, 0)));
    }

    @Property
    void whatIsAskedForAtTheRateIsGivenAtTheRate(@ForAll("busyLimits") BdevLimits limits) {
        LimitWorld world = new LimitWorld(new BdevSpec.Null("n", 1L << 30, BLOCK, new UUID(1, 1)).withLimits(limits));
        long perS = limits.iops() > 0 ? limits.iops() : limits.bandwidthBytes() / (8 * BLOCK);
        for (int i = 0; i < perS; i++) {
            world.submit(i % LimitWorld.REACTORS, BdevOp.READ, 8);
        }
        long beganNs = world.nowNs();
        while (world.nowNs() - beganNs < S / 5) {
            world.turnAll(200_000);
        }
        assertTrue(
                world.begun().size() >= perS / 5 * 99 / 100,
                () -> world.begun().size() + " of " + perS / 5 + " in the fifth of a second");
    }
}
