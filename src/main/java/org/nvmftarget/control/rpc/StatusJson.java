package org.nvmftarget.control.rpc;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.control.reconcile.Condition;
import org.nvmftarget.control.reconcile.ObjectStatus;
import org.nvmftarget.control.reconcile.TargetStatus;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TransportType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code nvmf_target_get_status}'s result. */
final class StatusJson {
    private StatusJson() {}

    /** @param all whether every object is listed, or those alone that are not ready */
    static ObjectNode of(TargetStatus status, List<ObjectStatus> objects, boolean all, LiveState live) {
        ObjectNode json = Json.object()
                .put("accepted_generation", status.acceptedGeneration())
                .put("accepted_hash", status.acceptedHash())
                .put("converged_generation", status.convergedGeneration());
        ArrayNode conditions = json.putArray("conditions");
        status.conditions().forEach(condition -> conditions.add(condition(condition)));
        ArrayNode pending = json.putArray("pending");
        status.pending()
                .forEach(p ->
                        pending.addObject().put("object", p.object().toString()).put("reason", p.reason()));
        ArrayNode failures = json.putArray("failures");
        status.failures().forEach(failures::add);
        status.candidate().ifPresent(candidate -> json.set("candidate", candidate(candidate)));
        status.lastPlan().ifPresent(plan -> json.put("last_plan", plan));
        addObjects(json, objects, all);
        addPools(json.putArray("pools"), live.stats());
        addDisks(json.putArray("disks"), live);
        addReservations(json.putArray("reservations"), live);
        addOlder(json.putArray("on_old_options"), live);
        return json;
    }

    /** Hosts that have not connected anew since their transport's options were changed. */
    private static void addOlder(ArrayNode older, LiveState live) {
        live.subsystems()
                .forEach((nqn, subsystem) -> subsystem.controllers().stream()
                        .filter(controller -> controller.isOlderThan(live.config()))
                        .forEach(controller -> older.addObject()
                                .put("nqn", nqn.value())
                                .put("host", controller.host().value())
                                .put("trtype", controller.listener().trtype().name())));
    }

    private static void addObjects(ObjectNode json, List<ObjectStatus> objects, boolean all) {
        ObjectNode counts = json.putObject("object_counts");
        for (ObjectStatus.State state : ObjectStatus.State.values()) {
            counts.put(
                    state.word(),
                    objects.stream().filter(o -> o.state() == state).count());
        }
        ArrayNode list = json.putArray("objects");
        objects.stream()
                .filter(o -> all || o.state() != ObjectStatus.State.READY)
                .forEach(o -> list.addObject()
                        .put("object", o.object().toString())
                        .put("state", o.state().word())
                        .put("message", o.message()));
    }

    /** One per file or block device: what carries out its I/O, and how. */
    private static void addDisks(ArrayNode disks, LiveState live) {
        live.disks().forEach((name, disk) -> {
            ObjectNode json = disks.addObject()
                    .put("bdev", name)
                    .put("engine", disk.engine())
                    .put("direct", disk.direct())
                    .put("volatile_write_cache", disk.hasVolatileCache());
            putIfSaid(json, "note", disk.note());
            putIfSaid(json, "model", disk.model());
            putIfSaid(json, "serial", disk.serial());
            disk.trouble().ifPresent(trouble -> json.put("away", trouble));
        });
    }

    private static void putIfSaid(ObjectNode json, String key, String value) {
        if (!value.isEmpty()) {
            json.put(key, value);
        }
    }

    private static void addReservations(ArrayNode reservations, LiveState live) {
        live.subsystems()
                .forEach((nqn, subsystem) -> subsystem.reservations().forEach((nsid, held) -> {
                    ArrayNode holders = reservations
                            .addObject()
                            .put("nqn", nqn.value())
                            .put("nsid", Integer.toUnsignedLong(nsid.value()))
                            .put("type", held.type())
                            .putArray("holders");
                    held.holders().forEach(holders::add);
                }));
    }

    /** One per transport: the memory that it has on all reactors. */
    private static void addPools(ArrayNode pools, LiveState.Stats stats) {
        SortedMap<TransportType, Long> bytes = new TreeMap<>();
        stats.pollGroups().stream()
                .flatMap(group -> group.transports().stream())
                .forEach(transport -> bytes.merge(transport.trtype(), transport.poolBytes(), Long::sum));
        bytes.forEach(
                (trtype, n) -> pools.addObject().put("trtype", trtype.name()).put("bytes", n));
    }

    private static ObjectNode condition(Condition condition) {
        String type = condition.type().name();
        return Json.object()
                .put("type", type.charAt(0) + type.substring(1).toLowerCase(Locale.ROOT))
                .put("status", condition.status())
                .put("observed_generation", condition.observedGeneration())
                .put("reason", condition.reason())
                .put("message", condition.message())
                .put("since", condition.since().toString());
    }

    private static ObjectNode candidate(Candidate candidate) {
        ObjectNode json = Json.object()
                .put("content_hash", candidate.contentHash())
                .put("outcome", candidate.outcome().name().toLowerCase(Locale.ROOT));
        candidate.planId().ifPresent(id -> json.put("plan_id", id));
        json.put("stale_consent", candidate.staleConsent());
        json.set("problems", ProblemJson.node(candidate.problems()));
        ArrayNode refusals = json.putArray("refused");
        for (Refusal refusal : candidate.refusals()) {
            refusals.addObject()
                    .put("guard", refusal.guard())
                    .put("message", refusal.message())
                    .put("approvable", refusal.approvable());
        }
        return json.put("since", candidate.since().toString());
    }
}
