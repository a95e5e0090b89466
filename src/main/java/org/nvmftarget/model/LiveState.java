package org.nvmftarget.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * An immutable snapshot of the live target. RPC, metrics, export and the planner read it and nothing else.
 *
 * @param config what the target is, in the words of the spec
 * @param subsystems run-time facts per subsystem of {@code config}, and of the discovery subsystem
 * @param stats counters since the program's start
 * @param disks run-time facts of the files and block devices among the bdevs of {@code config}, by name
 */
public record LiveState(
        TargetConfig config, SortedMap<Nqn, Subsystem> subsystems, Stats stats, SortedMap<String, Disk> disks) {

    public static final LiveState EMPTY = new LiveState(TargetConfig.EMPTY, new TreeMap<>());

    public LiveState {
        subsystems = Sorted.copy(subsystems);
        disks = Sorted.copy(disks);
    }

    /** Without files and block devices. */
    public LiveState(TargetConfig config, SortedMap<Nqn, Subsystem> subsystems, Stats stats) {
        this(config, subsystems, stats, Collections.emptySortedMap());
    }

    /** With nothing counted. */
    public LiveState(TargetConfig config, SortedMap<Nqn, Subsystem> subsystems) {
        this(config, subsystems, Stats.NONE);
    }

    /** The NVMe drive that a bdev's commands go to. */
    public Optional<Drive> drive(String bdev) {
        return Optional.ofNullable(disks.get(bdev)).flatMap(Disk::drive);
    }

    /** The same facts about another configuration. */
    public LiveState withConfig(TargetConfig other) {
        return new LiveState(other, subsystems, stats, disks);
    }

    /**
     * Run-time facts of a file or block device.
     *
     * @param engine {@code io_uring}, {@code io_uring_cmd} of an NVMe drive, or {@code threads} and why
     * @param direct past the page cache
     * @param note what is not as one may expect; empty if nothing
     * @param model what the machine says of a block device, as {@code serial}; empty if nothing
     * @param hasVolatileCache what was written may be lost with the power until it is flushed
     * @param drive that commands are passed to; empty for all that is read and written
     * @param trouble why it is away; empty if it is there
     */
    public record Disk(
            String engine,
            boolean direct,
            String note,
            String model,
            String serial,
            boolean hasVolatileCache,
            Optional<Drive> drive,
            Optional<String> trouble) {}

    /**
     * What an NVMe drive says of itself.
     *
     * @param address on its bus, such as {@code 0000:00:04.0}; empty if the machine does not say
     * @param vendorId of its maker at PCI-SIG
     * @param version of the specification: major 31:16, minor 15:8, tertiary 7:0
     * @param oacs the optional admin commands that it has
     * @param cmic what it shares with other controllers
     * @param nqn of its subsystem; empty if it has none
     * @param nsid of the namespace, by the drive's own count
     * @param isShared the namespace can be had by several controllers
     * @param preferred what it is fastest with
     */
    public record Drive(
            String address,
            int vendorId,
            String model,
            String serial,
            String firmware,
            int cntlid,
            int version,
            int oacs,
            int cmic,
            String nqn,
            int nsid,
            boolean isShared,
            Preferred preferred) {}

    /**
     * What a drive is fastest with, in bytes; 0 where it does not say.
     *
     * @param writtenBytes writes best begin at, and are, a multiple of so many, as {@code deallocatedBytes} is for
     *     deallocations
     * @param largestWriteBytes of which writes are best
     */
    public record Preferred(long writtenBytes, long deallocatedBytes, long largestWriteBytes) {}

    /** The states of a subsystem. */
    public enum SubsystemState {
        /** Exists and serves nobody. */
        INACTIVE,
        /** Serves. */
        ACTIVE,
        /** A pause was asked for; some reactor has not acknowledged it. */
        PAUSING,
        /** Every reactor holds what the pause covers, and what it drains is drained. */
        PAUSED,
        /** Reactors are executing what was held. */
        RESUMING,
        /** Being removed: its queues are going down. */
        DEACTIVATING
    }

    /**
     * Run-time facts of one subsystem.
     *
     * @param lostListeners listeners that closed by themselves, because their device or their address went, and were
     *     neither opened again nor removed since; they are not in {@code config}
     * @param reservations the namespaces on which a host holds a reservation
     */
    public record Subsystem(
            SubsystemState state,
            List<Controller> controllers,
            SortedMap<TransportAddress, ListenerSpec> lostListeners,
            SortedMap<Nsid, Reservation> reservations) {
        public Subsystem {
            controllers = List.copyOf(controllers);
            lostListeners = Sorted.copy(lostListeners);
            reservations = Sorted.copy(reservations);
        }

        /** With nothing reserved. */
        public Subsystem(
                SubsystemState state,
                List<Controller> controllers,
                SortedMap<TransportAddress, ListenerSpec> lostListeners) {
            this(state, controllers, lostListeners, Collections.emptySortedMap());
        }

        /** With every listener in place. */
        public Subsystem(SubsystemState state, List<Controller> controllers) {
            this(state, controllers, Collections.emptySortedMap());
        }
    }

    /**
     * A reservation that is held on a namespace.
     *
     * @param type {@code write_exclusive}, {@code exclusive_access}, or either with {@code _registrants_only} or {@code
     *     _all_registrants}
     * @param holders identifiers of the hosts that hold it, 32 hexadecimal digits each: one, or all registrants
     */
    public record Reservation(String type, List<String> holders) {
        public Reservation {
            holders = List.copyOf(holders);
        }
    }

    /**
     * One connected controller.
     *
     * @param hostId the host identifier, 32 hexadecimal digits
     * @param listener the declared address that the host came in through
     * @param queuePairs its connected queue pairs, by ascending qid
     * @param writtenTo the namespaces to which the host has written since it connected
     * @param options the transport options that its queue pairs were connected under
     */
    public record Controller(
            int cntlid,
            Nqn host,
            String hostId,
            TransportAddress listener,
            List<QueuePair> queuePairs,
            SortedSet<Nsid> writtenTo,
            Set<TransportOptions> options) {
        public Controller {
            queuePairs = List.copyOf(queuePairs);
            writtenTo = Sorted.copy(writtenTo);
            options = Set.copyOf(options);
        }

        /** Under nobody knows what options. */
        public Controller(
                int cntlid,
                Nqn host,
                String hostId,
                TransportAddress listener,
                List<QueuePair> queuePairs,
                SortedSet<Nsid> writtenTo) {
            this(cntlid, host, hostId, listener, queuePairs, writtenTo, Set.of());
        }

        /** Whether a queue pair was connected before the options became what {@code config} says. */
        public boolean isOlderThan(TargetConfig config) {
            TransportOptions now = config.transports().get(listener.trtype());
            return options.stream().anyMatch(then -> !then.equals(now));
        }

        /** Whether the host has written to any namespace since it connected. */
        public boolean hasWritten() {
            return !writtenTo.isEmpty();
        }

        /** How many queue pairs there are besides the admin queue's. */
        public int ioQueues() {
            return (int) queuePairs.stream().filter(pair -> pair.qid() != 0).count();
        }
    }

    /**
     * One connected queue pair.
     *
     * @param qid 0 for the admin queue
     * @param leaving it is being disconnected
     * @param thread the reactor that owns it
     * @param local the address that the host reached, never a wildcard
     * @param peer the host's own; absent where the transport does not tell it
     * @param auth absent where the host need not authenticate
     */
    public record QueuePair(
            int qid,
            boolean leaving,
            String thread,
            TransportAddress local,
            Optional<TransportAddress> peer,
            Optional<QueueAuth> auth) {
        /** Where the host need not authenticate. */
        public QueuePair(
                int qid, boolean leaving, String thread, TransportAddress local, Optional<TransportAddress> peer) {
            this(qid, leaving, thread, local, peer, Optional.empty());
        }
    }

    /**
     * How far the host of a queue pair has come in its last authentication.
     *
     * @param authenticated whether it has succeeded in one: nothing else is answered before
     * @param state by SPDK's words: {@code negotiate}, {@code challenge}, {@code reply}, {@code success1}, {@code
     *     success2}, {@code failure1}, {@code completed}, {@code error}
     * @param digest once it is agreed on
     * @param dhgroup once it is agreed on
     */
    public record QueueAuth(boolean authenticated, String state, Optional<String> digest, Optional<String> dhgroup) {}

    /** @param pollGroups one per reactor, in their order */
    public record Stats(List<PollGroup> pollGroups) {
        public static final Stats NONE = new Stats(List.of());

        public Stats {
            pollGroups = List.copyOf(pollGroups);
        }
    }

    /**
     * What one reactor has done, as {@code nvmf_get_stats} names it.
     *
     * @param name of the reactor
     * @param adminQpairs admin queues that were connected
     * @param ioQpairs I/O queues that were connected
     * @param currentAdminQpairs admin queues that are connected now
     * @param currentIoQpairs I/O queues that are connected now
     * @param currentUnassociatedQpairs connections on which no Connect command has succeeded yet
     * @param completedNvmeIo I/O commands that were completed
     * @param transports one per transport
     */
    public record PollGroup(
            String name,
            long adminQpairs,
            long ioQpairs,
            int currentAdminQpairs,
            int currentIoQpairs,
            int currentUnassociatedQpairs,
            long completedNvmeIo,
            List<TransportStats> transports) {
        public PollGroup {
            transports = List.copyOf(transports);
        }
    }

    /**
     * What one transport has and has done on one reactor.
     *
     * @param poolBytes memory for data and capsules that it has there
     * @param pendingDataBuffer requests that had to wait for a buffer
     * @param devices RDMA devices that the reactor polls; none for TCP
     */
    public record TransportStats(
            TransportType trtype, long poolBytes, long pendingDataBuffer, List<RdmaDevice> devices) {
        public TransportStats {
            devices = List.copyOf(devices);
        }

        /** Of a transport that has nothing there. */
        public static TransportStats none(TransportType trtype) {
            return new TransportStats(trtype, 0, 0, List.of());
        }
    }

    /**
     * Counters of one RDMA device on one reactor.
     *
     * @param name of the device
     * @param polls of its completion queue
     * @param idlePolls those that found nothing
     * @param completions work completions
     * @param requests commands
     * @param requestLatencyNs time from a command's arrival to its response, summed up over all
     * @param pendingFreeRequest commands that had to wait for a request object
     * @param pendingRdmaRead commands that had to wait before their RDMA READ
     * @param pendingRdmaWrite commands that had to wait before their RDMA WRITE
     * @param pendingRdmaSend commands that had to wait before their response
     * @param totalSendWrs work requests that were posted to send queues
     * @param sendDoorbellUpdates calls that posted them
     * @param totalRecvWrs work requests that were posted to receive queues
     * @param recvDoorbellUpdates calls that posted them
     */
    public record RdmaDevice(
            String name,
            long polls,
            long idlePolls,
            long completions,
            long requests,
            long requestLatencyNs,
            long pendingFreeRequest,
            long pendingRdmaRead,
            long pendingRdmaWrite,
            long pendingRdmaSend,
            long totalSendWrs,
            long sendDoorbellUpdates,
            long totalRecvWrs,
            long recvDoorbellUpdates) {}
}
