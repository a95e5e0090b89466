package org.nvmftarget.data.target;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.nvmftarget.data.auth.DhchapSession;
import org.nvmftarget.data.auth.HostSecrets;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;

/** Begins the authentication of queues whose hosts must prove themselves. From any reactor. */
final class Authentications {
    private final HostKeyring keyring;
    private final Computations computations;
    private final SecureRandom random;
    private final AtomicInteger lastSeqnum;

    Authentications(HostKeyring keyring, Computations computations, SecureRandom random) {
        this.keyring = keyring;
        this.computations = computations;
        this.random = random;
        lastSeqnum = new AtomicInteger(random.nextInt());
    }

    /** Whether there is a key for a host that must have one; true also for one that need not. */
    boolean canAuthenticate(SubsystemSpec spec, Nqn host) {
        Optional<HostKeys> keys = spec.keysOf(host);
        return keys.isEmpty() || (keys.get().isUsable() && keyring.of(spec.nqn(), host) != null);
    }

    /** The queue is connected. False if its host need not authenticate. */
    boolean begin(CorePair pair, SubsystemSpec spec) {
        Nqn host = pair.controller().host();
        if (spec.keysOf(host).isEmpty()) {
            return false;
        }
        Subsystem subsystem = pair.controller().subsystem();
        pair.authenticate(
                new DhchapSession(
                        host.value(), spec.nqn().value(), () -> terms(subsystem, host), random, this::nextSeqnum),
                computations);
        return true;
    }

    /** What holds for a conversation that begins now. */
    private Optional<DhchapSession.Terms> terms(Subsystem subsystem, Nqn host) {
        HostSecrets secrets = keyring.of(subsystem.nqn(), host);
        return subsystem
                .view()
                .spec
                .keysOf(host)
                .flatMap(keys ->
                        secrets == null ? Optional.empty() : Optional.of(new DhchapSession.Terms(secrets, keys)));
    }

    private int nextSeqnum() {
        return lastSeqnum.updateAndGet(last -> last == -1 ? 1 : last + 1);
    }
}
