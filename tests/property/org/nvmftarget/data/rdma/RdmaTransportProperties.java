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

    @Property(tries = 100)
    void withoutTroubleEveryCommandSucceeds(
            @ForAll long seed,
            @ForAll("flavors") Flavor flavor,
            @ForAll("options") TransportOptions.Rdma options,
            @ForAll("lives") List<SimAct> acts) {
        SimPlay play = new SimPlay(seed, flavor, options);
        acts.forEach(play::play);
        play.end();
    }

    @Property
    void whateverHappensNothingIsLostAndNothingIsLeft(
            @ForAll long seed,
            @ForAll("flavors") Flavor flavor,
            @ForAll("options") TransportOptions.Rdma options,
            @ForAll("troubles") List<SimAct> acts) {
        SimPlay play = new SimPlay(seed, flavor, options);
        acts.forEach(play::play);
        play.end();
    }
}
