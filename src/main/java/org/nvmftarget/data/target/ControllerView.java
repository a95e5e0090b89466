package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TransportAddress;

/**
 * What a controller has of its subsystem: the namespaces that its host may see, and how they are reached through the
 * listener that it came in by. Immutable; every queue pair has one, and gets another with each new view, so that I/O
 * looks nothing up but an nsid.
 */
final class ControllerView {

    /** Whose view it is: a host, and the listener that it came in through. */
    record Path(Nqn host, TransportAddress listener) {}

    /** A namespace that the host sees. */
    static final class Attached {
        final Namespace namespace;
        /** As {@link AnaLog} numbers them. */
        final int anaState;
        /** What commands to it end with, if not {@link Status#SUCCESS}. Never DNR: another path may do, or this one soon. */
        final int pathStatus;

        Attached(Namespace namespace, int anaState) {
            this.namespace = namespace;
            this.anaState = anaState;
            pathStatus = switch (anaState) {
                case AnaLog.INACCESSIBLE -> Status.ANA_INACCESSIBLE;
                case AnaLog.PERSISTENT_LOSS -> Status.ANA_PERSISTENT_LOSS;
                case AnaLog.CHANGE -> Status.ANA_TRANSITION;
                default -> Status.SUCCESS;
            };
        }

        /** The controller knows how much of the namespace is in use (Base specification 2.0, section 8.1). */
        boolean isReachable() {
            return anaState != AnaLog.INACCESSIBLE && anaState != AnaLog.PERSISTENT_LOSS;
        }
    }

    /** Of a queue that has no namespaces. */
    static final ControllerView NOTHING = new ControllerView(List.of());

    private final int[] nsids;
    private final Attached[] attached;

    private ControllerView(List<Attached> list) {
        attached = list.toArray(new Attached[0]);
        nsids = list.stream().mapToInt(a -> a.namespace.nsid).toArray();
    }

    /**
     * What {@code path} gives of {@code view}.
     *
     * @param isOver whether a change of ANA states that began with some view has lasted too long
     */
    static ControllerView of(SubsystemView view, Path path, LongPredicate isOver) {
        List<Attached> list = new ArrayList<>();
        for (Namespace ns : view.namespaces()) {
            if (ns.spec.isVisibleTo(path.host())) {
                list.add(new Attached(ns, anaState(view.anaStates, path.listener(), ns.anaGroup(), isOver)));
            }
        }
        return new ControllerView(list);
    }

    private static int anaState(AnaStates states, TransportAddress listener, int group, LongPredicate isOver) {
        return switch (states.state(listener, group)) {
            case OPTIMIZED -> AnaLog.OPTIMIZED;
            case NON_OPTIMIZED -> AnaLog.NON_OPTIMIZED;
            case INACCESSIBLE -> AnaLog.INACCESSIBLE;
            case PERSISTENT_LOSS -> AnaLog.PERSISTENT_LOSS;
            case CHANGE -> isOver.test(states.since(listener, group)) ? AnaLog.INACCESSIBLE : AnaLog.CHANGE;
        };
    }

    /** The namespace with this nsid, or null if there is none that the host sees. */
    @Nullable
    Attached find(int nsid) {
        int guess = nsid - 1; // most subsystems number theirs from 1 without a gap
        if (guess >= 0 && guess < nsids.length && nsids[guess] == nsid) {
            return attached[guess];
        }
        int index = search(nsid);
        return index >= 0 ? attached[index] : null;
    }

    /** Where the nsid is; if it is not there, minus the place where it would be, less one. */
    private int search(int nsid) {
        int low = 0;
        int high = nsids.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compareUnsigned(nsids[middle], nsid);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** The namespace with this nsid, or null if there is none that the host sees. */
    @Nullable
    Namespace namespace(int nsid) {
        Attached found = find(nsid);
        return found == null ? null : found.namespace;
    }

    /** The namespace with the next higher nsid, or null. */
    @Nullable
    Attached after(int nsid) {
        int index = search(nsid);
        int next = index >= 0 ? index + 1 : -index - 1;
        return next < attached.length ? attached[next] : null;
    }

    /** The namespace with the next higher nsid, or null. */
    @Nullable
    Namespace namespaceAfter(int nsid) {
        Attached next = after(nsid);
        return next == null ? null : next.namespace;
    }

    /** The namespaces and how they are reached, by ascending nsid. */
    List<Attached> attached() {
        return List.of(attached);
    }

    /** Every namespace, by ascending nsid. */
    List<Namespace> namespaces() {
        return Arrays.stream(attached).map(a -> a.namespace).toList();
    }

    /** What a command to all namespaces ends with, if one of them is not reached this way. */
    int broadcastStatus() {
        for (Attached a : attached) {
            if (a.pathStatus != Status.SUCCESS) {
                return a.pathStatus;
            }
        }
        return Status.SUCCESS;
    }

    /** The ANA groups that have namespaces here, by ascending identifier; their change counts are not known here. */
    List<AnaLog.Group> anaGroups() {
        TreeMap<Integer, List<Attached>> groups = new TreeMap<>();
        for (Attached a : attached) {
            groups.computeIfAbsent(a.namespace.anaGroup(), g -> new ArrayList<>())
                    .add(a);
        }
        List<AnaLog.Group> list = new ArrayList<>();
        groups.forEach((id, members) -> list.add(new AnaLog.Group(
                id,
                0,
                members.getFirst().anaState,
                members.stream().map(a -> a.namespace.nsid).toList())));
        return list;
    }
}
