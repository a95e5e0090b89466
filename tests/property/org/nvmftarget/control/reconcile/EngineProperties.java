package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.model.TargetConfig;

/** Admission and reconciliation together, over chains of edits; {@link EngineWorld} judges each acceptance and refusal. */
class EngineProperties {
    private static final int EDITS = 8;
    /** More in the long run: each world is a chain of edits, so of pairs of specs. */
    private static final int WORLDS = Boolean.getBoolean("long") ? 20 : 1;

    private interface Play {
        void in(EngineWorld world) throws IOException;
    }

    private static void play(long seed, Play play) throws IOException {
        for (int i = 0; i < WORLDS; i++) {
            try (EngineWorld world = new EngineWorld(seed + i)) {
                play.in(world);
            }
        }
    }

    /** What an operator, a host and time do between two looks. */
    private static void act(EngineWorld world, List<String> seen) throws IOException {
        switch (world.random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                world.story.add("edit by rename");
                world.file.rename(RandomSpecs.text(world.random), world.nowNs());
            }
            case 4 -> {
                String whole = RandomSpecs.text(world.random);
                world.story.add("edit in place");
                world.file.overwrite(whole.substring(0, world.random.nextInt(whole.length())), world.nowNs());
                world.pass(Duration.ofMillis(20));
                world.file.overwrite(whole, world.nowNs());
            }
            case 5 -> world.file.rename("version: 1\nnonsense: [\n", world.nowNs());
            case 6, 7 -> {
                Optional<String> plan = world.candidate()
                        .filter(c -> c.outcome() == Candidate.Outcome.REFUSED)
                        .flatMap(Candidate::planId);
                if (plan.isPresent()) {
                    seen.add(plan.get());
                    world.approve(plan.get());
                }
            }
            case 8 -> {
                if (!seen.isEmpty()) {
                    world.approve(seen.get(world.random.nextInt(seen.size())));
                }
            }
            case 9 -> world.write();
            case 10 -> world.written.clear();
            default -> world.meddle();
        }
        world.pass(Duration.ofMillis(1 + world.random.nextInt(4000)));
    }

    /** A chain of edits, and what must be so after it. */
    private static void edit(EngineWorld world) throws IOException {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < EDITS; i++) {
            act(world, seen);
        }
        calm(world);
        world.assertAsDeclared();
    }

    private static void calm(EngineWorld world) {
        world.faulty = false;
        for (int i = 0; i < 6; i++) {
            world.pass(Backoff.MOST);
        }
        world.reconcile(Trigger.DRIFT);
        world.reconcile(Trigger.DRIFT);
    }

    @Property(tries = 20)
    void noCandidateThatWasRefusedIsEverApplied(@ForAll long seed) throws IOException {
        play(seed, EngineProperties::edit);
    }

    @Property(tries = 20)
    void endsAsAcceptedWhateverFailsOnTheWay(@ForAll long seed) throws IOException {
        play(seed, world -> {
            world.faulty = true;
            edit(world);
        });
    }

    @Property(tries = 20)
    void endsAsAcceptedWhereverTheProgramIsKilled(@ForAll long seed) throws IOException {
        play(seed, world -> {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < EDITS; i++) {
                world.faulty = world.random.nextInt(3) == 0;
                world.lifeLeft = world.random.nextInt(25);
                try {
                    act(world, seen);
                    world.lifeLeft = -1;
                } catch (EngineWorld.Killed dead) {
                    world.stop(true, world.random.nextInt(3) == 0);
                    world.faulty = false;
                    world.start();
                }
            }
            calm(world);
            world.assertAsDeclared();
        });
    }

    @Property(tries = 20)
    void aRestartChangesNothing(@ForAll long seed) throws IOException {
        play(seed, world -> {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < EDITS; i++) {
                act(world, seen);
                if (world.random.nextInt(3) == 0) {
                    calm(world);
                    restartAndCompare(world);
                }
            }
        });
    }

    private static void restartAndCompare(EngineWorld world) throws IOException {
        TargetConfig before = world.target.config();
        long generation = world.accepted().generation();
        Candidate candidate = world.candidate().orElseThrow();
        world.stop(false, world.random.nextBoolean());
        world.start();
        world.pass(Duration.ofSeconds(30));
        assertEquals(generation, world.accepted().generation(), world::tell);
        assertEquals(before, world.target.config(), world::tell);
        Candidate after = world.candidate().orElseThrow();
        assertEquals(candidate.outcome(), after.outcome(), world::tell);
        assertEquals(candidate.contentHash(), after.contentHash(), world::tell);
        assertEquals(candidate.refusals(), after.refusals(), world::tell);
    }

    @Property(tries = 20)
    void healingNeverNeedsConsent(@ForAll long seed) throws IOException {
        play(seed, world -> {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < EDITS; i++) {
                act(world, seen);
                world.write();
                long generation = world.accepted().generation();
                world.meddle();
                world.reconcile(Trigger.DRIFT);
                assertEquals(generation, world.accepted().generation(), world::tell);
                world.assertAsDeclared();
            }
        });
    }

    @Property(tries = 20)
    void theWorldReachesWhatItIsAbout(@ForAll long seed) throws IOException {
        int refusals = 0;
        int acceptances = 0;
        for (int i = 0; i < 8; i++) {
            try (EngineWorld world = new EngineWorld(seed + i)) {
                List<String> seen = new ArrayList<>();
                for (int edit = 0; edit < EDITS; edit++) {
                    act(world, seen);
                }
                refusals += (int)
                        world.story.stream().filter("judged REFUSED"::equals).count();
                acceptances += (int) world.story.stream()
                        .filter(s -> s.startsWith("accepted"))
                        .count();
            }
        }
        assertTrue(refusals > 0, "nothing is ever refused");
        assertTrue(acceptances > 8, "nothing is ever accepted");
    }
}
