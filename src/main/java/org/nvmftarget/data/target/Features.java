package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * Set Features and Get Features (NVMe Base specification 2.0, sections 5.15 and 5.27), on the admin reactor: which
 * features a controller has, and what is the same for all of them. None is saved over a reset.
 */
final class Features {

    private static final Execution SET = c -> c.controller().features().set(c);
    private static final Execution GET = c -> c.controller().features().get(c);

    private static final long FID = Sqe.CDW10;
    private static final long SELECT_BYTE = Sqe.CDW10 + 1;
    private static final long SAVE_BYTE = Sqe.CDW10 + 3;

    private final Map<Integer, ControllerFeature> features = new TreeMap<>();
    private final TemperatureThresholds temperature;
    private final ErrorRecovery errorRecovery = new ErrorRecovery();
    private final WriteCache writeCache = new WriteCache();

    Features(Controller controller) {
        temperature = new TemperatureThresholds(controller);
        features.put(Feature.KEEP_ALIVE_TIMER, new ControllerFeatures.KeepAliveTimer(controller));
        features.put(Feature.ASYNC_EVENT_CONFIGURATION, new ControllerFeatures.EventConfiguration(controller));
        features.put(Feature.HOST_IDENTIFIER, new ControllerFeatures.HostIdentifier(controller));
        if (!controller.isDiscovery()) {
            forNamespaces(controller);
        }
    }

    /** What a discovery controller does not have. */
    private void forNamespaces(Controller controller) {
        features.put(Feature.ARBITRATION, new ValueFeature(Feature.ARBITRATION_BITS));
        features.put(Feature.POWER_MANAGEMENT, new ControllerFeatures.PowerManagement());
        features.put(Feature.TEMPERATURE_THRESHOLD, temperature);
        features.put(Feature.ERROR_RECOVERY, errorRecovery);
        features.put(Feature.VOLATILE_WRITE_CACHE, writeCache);
        features.put(Feature.NUMBER_OF_QUEUES, new ControllerFeatures.NumberOfQueues(controller));
        features.put(Feature.RESERVATION_NOTIFICATION_MASK, new NamespaceFeatures.NotificationMask());
        features.put(Feature.RESERVATION_PERSISTENCE, new NamespaceFeatures.Persistence());
        features.put(Feature.NAMESPACE_WRITE_PROTECTION, new NamespaceFeatures.Protection());
        features.put(Feature.HOST_BEHAVIOR_SUPPORT, new HostBehavior());
        features.put(Feature.WRITE_ATOMICITY, new ValueFeature(Feature.WRITE_ATOMICITY_DISABLE_NORMAL));
    }

    /** Controller reset. */
    void reset() {
        features.values().forEach(ControllerFeature::reset);
    }

    /** The host has connected and sees {@code first}. */
    void viewBegins(ControllerView first) {
        writeCache.viewBegins(first);
    }

    /** The controller sees other namespaces than before. */
    void viewChanged(ControllerView now) {
        errorRecovery.viewChanged(now);
    }

    /**
     * Whether the host wants an error from reading a deallocated block of this namespace (Error Recovery, DULBE); for
     * every reactor.
     */
    boolean dulbe(int nsid) {
        return errorRecovery.isDulbe(nsid);
    }

    /** Whether every write to {@code bdev} has FUA; for every reactor. */
    boolean writesThrough(Bdev bdev) {
        return writeCache.isBypassed(bdev);
    }

    boolean hasWriteCache() {
        return writeCache.isPresent();
    }

    /** Writes log page 12h over zeroed bytes. */
    void encodeEffects(MemorySegment s) {
        features.forEach((fid, feature) -> Feature.encodeEffects(s, fid, isPerNamespace(feature)));
    }

    private static boolean isPerNamespace(ControllerFeature feature) {
        return (feature.capabilities() & ControllerFeature.NAMESPACE_SPECIFIC) != 0;
    }

    /** Why health is at risk, as SMART has it. */
    int criticalWarnings(int kelvin) {
        return temperature.criticalWarnings(kelvin);
    }

    private @Nullable ControllerFeature of(Command c) {
        return features.get(Feature.fid(c.sqe()));
    }

    static int parseSet(Command c) {
        ControllerFeature feature = c.controller().features().of(c);
        if (feature == null) {
            return c.invalidField(FID);
        }
        c.plan(SET, Command.Scope.ADMIN, direction(feature, c, Direction.HOST_TO_CONTROLLER), feature.dataBytes(c));
        return AdminCommands.checkLength(c);
    }

    static int parseGet(Command c) {
        ControllerFeature feature = c.controller().features().of(c);
        if (feature == null) {
            return c.invalidField(FID);
        }
        if (Feature.select(c.sqe()) == Feature.SELECT_CAPABILITIES) {
            c.plan(GET, Command.Scope.ADMIN, Direction.NONE, 0);
            return Status.SUCCESS;
        }
        c.plan(GET, Command.Scope.ADMIN, direction(feature, c, Direction.CONTROLLER_TO_HOST), feature.dataBytes(c));
        return AdminCommands.checkLength(c);
    }

    private static Direction direction(ControllerFeature feature, Command c, Direction way) {
        return feature.dataBytes(c) == 0 ? Direction.NONE : way;
    }

    private int set(Command c) {
        ControllerFeature feature = of(c);
        if (feature == null) {
            return c.invalidField(FID);
        }
        if ((Sqe.cdw10(c.sqe()) & Feature.SAVE) != 0) {
            return c.refuse(Status.FEATURE_NOT_SAVEABLE, SAVE_BYTE);
        }
        int access = AnaEffects.onSetFeatures(c);
        if (access != Status.SUCCESS) {
            return access;
        }
        if (!isPerNamespace(feature) && c.nsid() != 0 && c.nsid() != Nsid.BROADCAST) {
            return c.refuse(Status.FEATURE_NOT_NAMESPACE_SPECIFIC, Sqe.NSID);
        }
        return feature.set(c);
    }

    private int get(Command c) {
        ControllerFeature feature = of(c);
        if (feature == null) {
            return c.invalidField(FID);
        }
        int access = AnaEffects.onGetFeatures(c);
        if (access != Status.SUCCESS) {
            return access;
        }
        return switch (Feature.select(c.sqe())) {
            case Feature.SELECT_CURRENT -> feature.get(c, false);
            case Feature.SELECT_DEFAULT, Feature.SELECT_SAVED -> feature.get(c, true);
            case Feature.SELECT_CAPABILITIES -> {
                c.result(feature.capabilities());
                yield Status.SUCCESS;
            }
            default -> c.invalidField(SELECT_BYTE);
        };
    }
}
