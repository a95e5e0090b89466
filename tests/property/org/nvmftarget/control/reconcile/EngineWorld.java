package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.AdmissionListener;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.admit.ManualAdmission;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/**
 * A whole control plane over a target in memory: admission and reconciler on a clock of their own and a real state folder,
 * an operator, a host that writes, faults, and the death of the program at any moment. It judges by {@link NaiveGuards},
 * and by what the target is.
 */
final class EngineWorld implements AutoCloseable {
    private static final Nqn HOST = new Nqn(RandomSpecs.HOST);
    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", 4420);

    /** In memory where the machine has such a place: a world waits for the disk some hundred times. */
    private static final Path ROOMY = Stream.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))
            .filter(Files::isWritable)
            .findFirst()
            .orElseThrow();

    /** The program is dead: nothing it would still do happens. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    final Random random;
    final Path folder = Files.createTempDirectory(ROOMY, "engine");
    final ManualAdmission.File file = new ManualAdmission.File();
    final List<String> story = new ArrayList<>();
    final TreeMap<Nqn, Set<Nsid>> written = new TreeMap<>();
    private final Set<String> approved = new HashSet<>();
    private final Set<String> shown = new HashSet<>();

    FakeTarget target = new FakeTarget();
    ManualAdmission admission;
    StatusBoard board = new StatusBoard(this::now);
    boolean faulty;
    /** Writes and steps until the program dies; negative: it does not. */
    int lifeLeft = -1;

    private Journal journal;
    private Reconciler reconciler;
    private @Nullable AcceptedSpec accepted;
    private @Nullable AcceptedSpec served;
    private @Nullable Candidate refused;
    private long nowNs = 1L << 50;

    EngineWorld(long seed) throws IOException {
        random = new Random(seed);
        file.rename(RandomSpecs.text(random), nowNs - 1_000_000_000L);
        journal = Journal.open(folder, this::now, 1 << 30);
        reconciler = reconciler();
        arm();
        admission = admission();
        look();
    }

    private Instant now() {
        return Instant.ofEpochSecond(0, nowNs);
    }

    private Reconciler reconciler() {
        return new Reconciler(
                target, new JournalEntries(journal), board, () -> nowNs, new Backoff(random), plan -> {}, () -> false);
    }

    private ManualAdmission admission() throws IOException {
        return ManualAdmission.start(
                folder, file, () -> target.snapshot(), () -> nowNs, this::live, new AdmissionListener() {
                    @Override
                    public void accepted(AcceptedSpec spec, Optional<AcceptedSpec> before, boolean byConsent) {
                        judgeAcceptance(spec);
                        live();
                    }

                    @Override
                    public void judged(Candidate candidate) {
                        judgeVerdict(candidate);
                        board.judged(candidate);
                    }
                });
    }

    /** Each durable write and each step is a moment at which the program may die. */
    private void live() {
        if (lifeLeft == 0) {
            throw new Killed();
        }
        lifeLeft -= lifeLeft > 0 ? 1 : 0;
    }

    private void arm() {
        target.controllers = nqn -> List.of(new LiveState.Controller(
                1, HOST, "1".repeat(32), ADDRESS, List.of(), new TreeSet<>(written.getOrDefault(nqn, Set.of()))));
        target.probe = step -> faulty && random.nextInt(30) == 0 ? new StepResult.Waiting("ENODEV", "absent") : null;
        target.fault = step -> {
            live();
            return faulty ? fault(step) : null;
        };
        target.afterwards = step -> {
            live();
            boolean half = faulty && !(step instanceof Step.ResumeSubsystem) && random.nextInt(40) == 0;
            return half ? new StepResult.Failed("timed out, and is done all the same") : null;
        };
        target.lies = step -> faulty && !(step instanceof Step.ResumeSubsystem) && random.nextInt(60) == 0;
    }

    private @Nullable StepResult fault(Step step) {
        if (step instanceof Step.ResumeSubsystem) {
            return random.nextInt(10) == 0 ? new StepResult.Failed("injected") : null;
        }
        return switch (random.nextInt(25)) {
            case 0 -> new StepResult.Failed("refused");
            case 1 -> new StepResult.Waiting("EADDRNOTAVAIL", "injected");
            case 2 -> throw new IllegalStateException("injected");
            default -> null;
        };
    }

    private TargetConfig acceptedTarget() {
        return accepted == null ? TargetConfig.EMPTY : accepted.state().target();
    }

    private Set<String> refusing(DesiredState candidate) {
        Map<Nqn, Set<Nsid>> live = new TreeMap<>(written);
        live.keySet().retainAll(target.config().subsystems().keySet());
        return NaiveGuards.refusing(acceptedTarget(), candidate, HOST, live);
    }

    /** No candidate that was refused is ever applied, unless somebody consented to just that. */
    private void judgeAcceptance(AcceptedSpec spec) {
        story.add("accepted " + spec.generation());
        boolean wasRefused = refused != null && refused.contentHash().equals(spec.contentHash());
        if (wasRefused && refused != null) {
            assertTrue(refused.refusals().stream().allMatch(r -> r.approvable()), this::tell);
            assertTrue(approved.stream().anyMatch(shown::contains), () -> "accepted without consent: " + tell());
        } else {
            Set<String> guards = new HashSet<>(refusing(spec.state()));
            boolean consent = !guards.contains("protect") && approved.stream().anyMatch(shown::contains);
            assertTrue(guards.isEmpty() || consent, () -> "should be refused by " + guards + ": " + tell());
        }
        accepted = spec;
        refused = null;
        approved.clear();
        board.accepted(spec);
    }

    private void judgeVerdict(Candidate candidate) {
        story.add("judged " + candidate.outcome());
        if (candidate.outcome() == Candidate.Outcome.REFUSED) {
            boolean isNew = refused == null || !refused.contentHash().equals(candidate.contentHash());
            if (isNew) {
                Set<String> guards = new HashSet<>();
                candidate.refusals().forEach(r -> guards.add(r.guard()));
                assertEquals(refusing(Texts.read(file.text())), guards, this::tell);
            }
            refused = candidate;
            candidate.planId().ifPresent(shown::add);
        } else if (candidate.outcome() != Candidate.Outcome.SETTLING) {
            refused = null;
        }
    }

    String tell() {
        return String.join("\n", story.subList(Math.max(0, story.size() - 30), story.size())) + "\n" + file.text();
    }

    Optional<Candidate> candidate() {
        return board.status().candidate();
    }

    AcceptedSpec accepted() {
        return Optional.ofNullable(accepted).orElseThrow();
    }

    /** Admission looks until {@code time} has passed; the reconciler runs whenever it has reason to. */
    void pass(Duration time) {
        long endNs = nowNs + time.toNanos();
        long waitNs = look();
        while (nowNs + waitNs <= endNs) {
            nowNs += waitNs;
            waitNs = look();
            reconcile(Trigger.RETRY);
        }
        nowNs = endNs;
        look();
        reconcile(Trigger.RETRY);
    }

    private long look() {
        long waitNs = Math.max(1_000_000, admission.look());
        if (accepted != null && !accepted.equals(served)) {
            reconcile(served == null ? Trigger.BOOT : Trigger.EDIT);
        }
        return waitNs;
    }

    void reconcile(Trigger trigger) {
        if (accepted != null) {
            served = accepted;
            reconciler.pass(trigger, accepted);
        }
    }

    void approve(String planId) throws IOException {
        story.add("approve " + planId.substring(7, 15));
        approved.add(planId);
        StateDir.approve(folder, planId);
    }

    /** The program starts; what it had in memory is gone. As the daemon does, it first makes the accepted spec live. */
    void start() throws IOException {
        lifeLeft = -1;
        AcceptedSpec known = accepted;
        board = new StatusBoard(this::now);
        journal = Journal.open(folder, this::now, 1 << 30);
        reconciler = reconciler();
        arm();
        admission = admission();
        String kept = StateDir.readLatch(folder).map(Candidate::contentHash).orElse("");
        if (refused != null && !refused.contentHash().equals(kept)) {
            refused = null; // it died before that was written down: the file is judged anew
        }
        AcceptedSpec boot = admission.accepted().orElse(null);
        if (boot != null && (known == null || boot.generation() != known.generation())) {
            judgeAcceptance(boot);
        }
        if (boot == null) {
            assertTrue(known == null, this::tell);
        }
        accepted = boot;
        if (boot != null) {
            board.accepted(boot);
            reconcile(Trigger.BOOT);
        }
    }

    /** @param survives whether the target lives on without the program, as another engine's would */
    void stop(boolean torn, boolean survives) throws IOException {
        story.add(torn ? "killed" : "stopped");
        admission.close();
        journal.close();
        if (torn && random.nextBoolean()) {
            Files.writeString(folder.resolve("journal.jsonl"), "{\"time\":\"20", StandardOpenOption.APPEND);
        }
        if (torn && random.nextBoolean()) {
            Files.writeString(folder.resolve(".tmp-accepted.json"), "{\"format_ver");
        }
        if (!survives) {
            target = new FakeTarget();
            written.clear();
        }
    }

    /** The host writes to some of what it sees. */
    void write() {
        for (SubsystemSpec s : target.config().subsystems().values()) {
            for (Nsid nsid : s.namespaces().keySet()) {
                if (random.nextInt(4) == 0) {
                    written.computeIfAbsent(s.nqn(), n -> new TreeSet<>()).add(nsid);
                }
            }
        }
    }

    /** Something changes that nobody has declared. */
    void meddle() {
        for (SubsystemSpec s : target.config().subsystems().values()) {
            switch (random.nextInt(7)) {
                case 0 -> s.listeners().keySet().forEach(a -> target.meddle(new Step.RemoveListener(s.nqn(), a)));
                case 1 -> s.namespaces().keySet().forEach(n -> target.meddle(new Step.RemoveNamespace(s.nqn(), n)));
                case 2 -> target.meddle(new Step.AddHost(s.nqn(), new Nqn("nqn.2026-11.org.example:stranger")));
                case 3 -> target.meddle(new Step.RemoveSubsystem(s.nqn()));
                case 4 -> keyFilesChange(s);
                default -> {}
            }
        }
    }

    private void keyFilesChange(SubsystemSpec s) {
        s.hostKeys()
                .forEach((host, keys) -> target.meddle(
                        new Step.SetHostKeys(s.nqn(), host, Optional.of(keys.in(KeyFile.State.CHANGED)))));
    }

    long nowNs() {
        return nowNs;
    }

    void assertAsDeclared() {
        assertFalse(target.isAnyPaused(), this::tell);
        assertEquals(List.of(), Differ.diff(target.config(), accepted().state().target()), this::tell);
        assertTrue(board.status().has(Condition.Type.CONVERGED), () -> board.status() + tell());
    }

    @Override
    public void close() throws IOException {
        admission.close();
        journal.close();
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
