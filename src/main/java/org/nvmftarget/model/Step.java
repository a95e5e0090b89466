package org.nvmftarget.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/**
 * One thing for the target to do. Data only: the planner makes them, {@link TargetControl#apply} carries them out. A
 * change of a field that cannot change in place is a remove and a create.
 */
public sealed interface Step {

    /** The object that the step is about. */
    ObjectRef object();

    /** The plan's {@code action}: {@code add_listener} for {@link AddListener}. */
    default String action() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    record CreateTransport(TransportOptions options) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Transport(options.trtype());
        }
    }

    /** New options hold for new connections. */
    record SetTransportOptions(TransportOptions options) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Transport(options.trtype());
        }
    }

    record RemoveTransport(TransportType trtype) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Transport(trtype);
        }
    }

    record CreateBdev(BdevSpec bdev) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(bdev.name());
        }
    }

    /** Grows or shrinks a bdev in place; hosts of its namespace get an AEN. */
    record ResizeBdev(String name, long sizeBytes) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(name);
        }
    }

    /** How much of its I/O may begin in a second from now on; what waits goes by that, too. */
    record SetBdevLimits(String name, BdevLimits limits) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(name);
        }
    }

    /** By how much a bdev of type delay is slower than its base, from the next operation on. */
    record SetBdevLatencies(String name, BdevLatencies latencies) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(name);
        }
    }

    /** Which operations of a bdev of type error fail from now on; what was counted is forgotten. */
    record SetBdevErrors(String name, List<BdevError> errors) implements Step {
        public SetBdevErrors {
            errors = List.copyOf(errors);
        }

        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(name);
        }
    }

    record RemoveBdev(String name) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Bdev(name);
        }
    }

    /** Creates the subsystem with its attributes alone: no hosts, namespaces or listeners, no host allowed. */
    record CreateSubsystem(
            Nqn nqn, String serialNumber, String modelNumber, int maxNamespaces, int minCntlid, int maxCntlid)
            implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Subsystem(nqn);
        }
    }

    /** Disconnects its hosts and removes it with its namespaces, hosts and listeners. */
    record RemoveSubsystem(Nqn nqn) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Subsystem(nqn);
        }
    }

    /**
     * Holds admin commands and Connect on every reactor, never Keep Alive or AERs; and for each of {@code namespaces}
     * also new I/O to it, and drains what is in flight. With none, I/O flows: the admin scope.
     */
    record PauseSubsystem(Nqn nqn, SortedSet<Nsid> namespaces) implements Step {
        public PauseSubsystem {
            namespaces = Sorted.copy(namespaces);
        }

        @Override
        public ObjectRef object() {
            return new ObjectRef.Subsystem(nqn);
        }
    }

    /** Executes what was held, in order, on the subsystem as it is now. */
    record ResumeSubsystem(Nqn nqn) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Subsystem(nqn);
        }
    }

    record AddNamespace(Nqn nqn, NamespaceSpec namespace) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Namespace(nqn, namespace.nsid());
        }
    }

    record RemoveNamespace(Nqn nqn, Nsid nsid) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Namespace(nqn, nsid);
        }
    }

    /** @param keys how the host authenticates: until {@link SetHostKeys} has read them, it is not let in */
    record AddHost(Nqn nqn, Nqn host, Optional<HostKeys> keys) implements Step {
        /** Of a host that need not authenticate. */
        public AddHost(Nqn nqn, Nqn host) {
            this(nqn, host, Optional.empty());
        }

        @Override
        public ObjectRef object() {
            return new ObjectRef.Host(nqn, host);
        }
    }

    /** Drops the host's queues, unless any host is allowed. */
    record RemoveHost(Nqn nqn, Nqn host) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Host(nqn, host);
        }
    }

    /**
     * Says how a host that is listed authenticates, from its next connection on: with what the files of {@code keys}
     * hold now. With keys that are unread the files are not opened, and the host is not let in.
     *
     * @param keys empty: it need not authenticate
     */
    record SetHostKeys(Nqn nqn, Nqn host, Optional<HostKeys> keys) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.HostKeys(nqn, host);
        }
    }

    /** With {@code false}: drops the queues of hosts that are not listed. */
    record SetAllowAnyHost(Nqn nqn, boolean allow) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Subsystem(nqn);
        }
    }

    /** Moves a namespace to another ANA group. */
    record SetAnaGroup(Nqn nqn, Nsid nsid, int anaGroup) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Namespace(nqn, nsid);
        }
    }

    /**
     * Says who sees a namespace; absent: every host of the subsystem. For a host that no longer does, it is as if the
     * namespace were removed.
     */
    record SetNamespaceHosts(Nqn nqn, Nsid nsid, Optional<SortedSet<Nqn>> hosts) implements Step {
        public SetNamespaceHosts {
            hosts = hosts.map(Sorted::copy);
        }

        @Override
        public ObjectRef object() {
            return new ObjectRef.Namespace(nqn, nsid);
        }
    }

    /** @param nqn {@link Nqn#DISCOVERY} for an address on which the discovery subsystem is served besides all others */
    record AddListener(Nqn nqn, ListenerSpec listener) implements Step {
        /** With every ANA group optimized. */
        public AddListener(Nqn nqn, TransportAddress address) {
            this(nqn, ListenerSpec.of(address));
        }

        public TransportAddress address() {
            return listener.address();
        }

        @Override
        public ObjectRef object() {
            return new ObjectRef.Listener(nqn, listener.address());
        }
    }

    /** Gives a listener all its ANA states at once. */
    record SetAnaState(Nqn nqn, ListenerSpec listener) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Listener(nqn, listener.address());
        }
    }

    /** Disconnects the queues of this subsystem that came in through the address. */
    record RemoveListener(Nqn nqn, TransportAddress address) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Listener(nqn, address);
        }
    }

    record AddReferral(Referral referral) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Referral(referral.address());
        }
    }

    record RemoveReferral(TransportAddress address) implements Step {
        @Override
        public ObjectRef object() {
            return new ObjectRef.Referral(address);
        }
    }
}
