package org.nvmftarget.control.plan;

import java.util.Optional;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportOptions;

/**
 * A difference between the live and the desired configuration, one per object. {@code before} is empty for an added
 * object, {@code after} for a removed one; both are there, and unequal, for a changed one.
 */
public sealed interface Change {

    ObjectRef object();

    record Transport(ObjectRef.Transport object, Optional<TransportOptions> before, Optional<TransportOptions> after)
            implements Change {}

    record Bdev(ObjectRef.Bdev object, Optional<BdevSpec> before, Optional<BdevSpec> after) implements Change {}

    /** The subsystem's own attributes; its namespaces, hosts and listeners have changes of their own. */
    record Subsystem(ObjectRef.Subsystem object, Optional<SubsystemSpec> before, Optional<SubsystemSpec> after)
            implements Change {}

    record Namespace(ObjectRef.Namespace object, Optional<NamespaceSpec> before, Optional<NamespaceSpec> after)
            implements Change {
        /** Whether some host may lose the namespace, or the data behind it. */
        public boolean takesAway() {
            return before.filter(was -> !Attributes.isSame(was, after.orElse(null))
                            || after.filter(is -> Attributes.hides(was, is)).isPresent())
                    .isPresent();
        }
    }

    /** A host on the list of {@code nqn}, added or removed. */
    record Host(ObjectRef.Host object, boolean added) implements Change {
        public Nqn nqn() {
            return object.nqn();
        }
    }

    /** How a host of {@code nqn} authenticates. */
    record HostKeys(
            ObjectRef.HostKeys object,
            Optional<org.nvmftarget.model.HostKeys> before,
            Optional<org.nvmftarget.model.HostKeys> after)
            implements Change {
        public Nqn nqn() {
            return object.nqn();
        }
    }

    /** A changed one has other ANA states. */
    record Listener(ObjectRef.Listener object, Optional<ListenerSpec> before, Optional<ListenerSpec> after)
            implements Change {}

    /** An address on which the discovery subsystem is served by itself, added or removed. */
    record DiscoveryListener(ObjectRef.Listener object, boolean added) implements Change {}

    record DiscoveryReferral(ObjectRef.Referral object, Optional<Referral> before, Optional<Referral> after)
            implements Change {}
}
