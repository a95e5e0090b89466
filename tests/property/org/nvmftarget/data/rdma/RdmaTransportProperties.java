package org.nvmftarget.data.rdma;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Flavor;

/**
 * Whatever hosts, devices and the control plane do, and in whichever order: every command is answered once or its queue
 * is torn down, data are right, everything goes back where it came from, and the target goes on to serve.
 */
class RdmaTransportProperties {

    /** Each world has devices with memory of their own, which takes its time. */
    private static final int TRIES = 25;

    /** The short form plays the same lives every time; the long form plays each of them in worlds that nobody has seen. */
    private static final String SEED = "20261126";

    /** Worlds in which the same acts are played, each with its own seed: the long form has more of them. */
    private static final int WORLDS = Boolean.getBoolean("long") ? 40 : 1;

    private static final long FIRST_WORLD = Boolean.getBoolean("long") ? System.nanoTime() : 0;

    @Provide
    Arbitrary<List<SimAct>> lives() {
        return SimActs.lives();
    }

    @Provide
    Arbitrary<List<SimAct>> troubles() {
        return SimActs.troubles();
    }

    @Provide
    Arbitrary<Flavor> flavors() {
        return SimActs.flavors();
    }

    @Provide
    Arbitrary<TransportOptions.Rdma> options() {
        return SimActs.options();
    }

    @Property(tries = TRIES, seed = SEED)
    void withoutTroubleEveryCommandSucceeds(
            @ForAll long seed,
            @ForAll("flavors") Flavor flavor,
            @ForAll("options") TransportOptions.Rdma options,
            @ForAll("lives") List<SimAct> acts) {
        live(seed, flavor, options, acts);
    }

    @Property(tries = TRIES, seed = SEED)
    void whateverHappensNothingIsLostAndNothingIsLeft(
            @ForAll long seed,
            @ForAll("flavors") Flavor flavor,
            @ForAll("options") TransportOptions.Rdma options,
            @ForAll("troubles") List<SimAct> acts) {
        live(seed, flavor, options, acts);
    }

    private static void live(long seed, Flavor flavor, TransportOptions.Rdma options, List<SimAct> acts) {
        for (int world = 0; world < WORLDS; world++) {
            long worldSeed = seed + FIRST_WORLD + world;
            if (WORLDS > 1) {
                System.out.println("RDMA world " + worldSeed);
            }
            SimPlay play = new SimPlay(worldSeed, flavor, options);
            acts.forEach(play::play);
            play.end();
        }
    }
}
