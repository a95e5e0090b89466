package org.nvmftarget.control.rpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.control.reconcile.Condition;
import org.nvmftarget.control.reconcile.ObjectStatus;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.control.reconcile.TargetStatus;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Views of a target that is as it is made here; previews remember what they were asked. */
final class FakeViews implements StatusSource, Preview, SpecTexts, LogView {

    static final Instant SINCE = Instant.parse("2026-11-22T10:00:00Z");

    volatile LiveState live = RecordedTarget.live();
    volatile Activity activity = RecordedTarget.activity();
    volatile EventLoops eventLoops = RecordedTarget.eventLoops();
    volatile Map<String, IoLatencies> latencies = Map.of();
    volatile Map<String, String> previewed = Map.of();
    volatile Runnable previewing = () -> {};
    volatile Result answer = new Result.Planned(new Plan(
            "sha256:00", 7, List.of(), List.of(), List.of(), List.of(), TargetConfig.EMPTY, TargetConfig.EMPTY));

    /** A server's place, with all else as it is by default. */
    static RpcServer.Settings settings(Path socket, Optional<Path> link) {
        return new RpcServer.Settings(
                socket,
                link,
                DesiredState.Rpc.DEFAULTS,
                new FakeLocks(),
                Thread.ofPlatform().daemon().name("rpc").factory(),
                "9.9");
    }

    /** Serves these views at {@code socket}. */
    RpcServer serve(Path socket) throws IOException {
        return RpcServer.start(settings(socket, Optional.empty()), views());
    }

    /** The result of a call, as it is written. */
    static JsonNode call(Map<String, Method> methods, String method, @Nullable JsonNode params) throws RpcError {
        Method offered = methods.get(method);
        if (offered == null) {
            throw new AssertionError(method);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out)) {
            offered.call(new Params(params, false)).writeTo(json);
        }
        return Json.parse(out.toString(StandardCharsets.UTF_8));
    }

    RpcServer.Views views() {
        return new RpcServer.Views(this, this, this, this);
    }

    @Override
    public String level() {
        return "warn";
    }

    @Override
    public SortedMap<String, Boolean> flags() {
        return new TreeMap<>(Map.of("nvmf_rdma", true, "rpc", false));
    }

    @Override
    public TargetStatus status() {
        return new TargetStatus(
                7,
                "abc",
                6,
                List.of(new Condition(Condition.Type.READY, true, 7, "Applied", "", SINCE)),
                List.of(),
                List.of("add_listener failed"),
                Optional.of(new Candidate(
                        "def",
                        Candidate.Outcome.REFUSED,
                        List.of(problem()),
                        List.of(new Refusal("empty", "nothing would be left", true)),
                        Optional.of("sha256:11"),
                        true,
                        SINCE)),
                Optional.empty());
    }

    @Override
    public List<ObjectStatus> objects() {
        return List.of(
                new ObjectStatus(new ObjectRef.Bdev("a"), ObjectStatus.State.READY, ""),
                new ObjectStatus(
                        new ObjectRef.Bdev("b"), ObjectStatus.State.PENDING, "ENOENT: there is no such device"));
    }

    static Problem problem() {
        return new Problem("target.yaml", 3, 5, "bdevs.x", "no größe", Optional.of("say size"), Optional.of("  x: 1"));
    }

    @Override
    public LiveState live() {
        return live;
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public EventLoops eventLoops() {
        return eventLoops;
    }

    @Override
    public Optional<IoLatencies> latencies(String bdev) {
        return Optional.ofNullable(latencies.get(bdev));
    }

    @Override
    public DesiredState accepted() {
        return new DesiredState(
                RecordedTarget.config(),
                DesiredState.Reconcile.DEFAULTS,
                DesiredState.Log.DEFAULTS,
                DesiredState.Rpc.DEFAULTS);
    }

    @Override
    public List<String> history(int most) {
        List<String> all = List.of("{\"n\":1}", "{\"n\":2}");
        return all.subList(Math.max(0, all.size() - most), all.size());
    }

    @Override
    public Result preview(Map<String, String> files) {
        previewed = files;
        previewing.run();
        return answer;
    }

    @Override
    public Path path() {
        return Path.of("/etc/nvmf/target.yaml");
    }

    @Override
    public Map<String, String> read() {
        return Map.of("target.yaml", "version: 1\n");
    }
}
