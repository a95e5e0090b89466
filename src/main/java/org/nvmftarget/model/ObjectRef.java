package org.nvmftarget.model;

/**
 * The identity of one object of a spec or of a live target: the key for source positions, pending objects, back-off
 * and conditions. {@code toString} is its path for the operator.
 */
public sealed interface ObjectRef {

    record Transport(TransportType trtype) implements ObjectRef {
        @Override
        public String toString() {
            return "transports." + trtype.key();
        }
    }

    record Bdev(String name) implements ObjectRef {
        @Override
        public String toString() {
            return "bdevs." + name;
        }
    }

    record Subsystem(Nqn nqn) implements ObjectRef {
        @Override
        public String toString() {
            return "subsystems." + nqn;
        }
    }

    record Namespace(Nqn nqn, Nsid nsid) implements ObjectRef {
        @Override
        public String toString() {
            return "subsystems." + nqn + ".namespaces." + nsid;
        }
    }

    record Host(Nqn nqn, Nqn host) implements ObjectRef {
        @Override
        public String toString() {
            return "subsystems." + nqn + ".hosts." + host;
        }
    }

    /** How a host authenticates. */
    record HostKeys(Nqn nqn, Nqn host) implements ObjectRef {
        @Override
        public String toString() {
            return "subsystems." + nqn + ".hosts." + host + ".dhchap_key";
        }
    }

    /** @param nqn {@link Nqn#DISCOVERY} for one of the discovery subsystem's own */
    record Listener(Nqn nqn, TransportAddress address) implements ObjectRef {
        @Override
        public String toString() {
            String owner = nqn.equals(Nqn.DISCOVERY) ? "discovery" : "subsystems." + nqn;
            return owner + ".listeners[" + address + "]";
        }
    }

    record Referral(TransportAddress address) implements ObjectRef {
        @Override
        public String toString() {
            return "discovery.referrals[" + address + "]";
        }
    }
}
