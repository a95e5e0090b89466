package org.nvmftarget.model;

import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * How a host authenticates to a subsystem by DH-HMAC-CHAP.
 *
 * @param dhchapKey proves the host to the subsystem
 * @param dhchapCtrlrKey proves the subsystem to a host that asks for it
 * @param digests the hash functions that the subsystem agrees to
 * @param dhgroups the Diffie-Hellman groups that it agrees to
 */
public record HostKeys(
        KeyFile dhchapKey,
        Optional<KeyFile> dhchapCtrlrKey,
        SortedSet<DhchapDigest> digests,
        SortedSet<DhchapGroup> dhgroups) {

    public HostKeys {
        digests = Sorted.copy(digests);
        dhgroups = Sorted.copy(dhgroups);
    }

    /** The same keys of which the target has something else. */
    public HostKeys in(KeyFile.State state) {
        return new HostKeys(dhchapKey.in(state), dhchapCtrlrKey.map(file -> file.in(state)), digests, dhgroups);
    }

    /** As a spec would declare them. */
    public HostKeys declared() {
        return in(KeyFile.State.IN_FORCE);
    }

    /** Whether there is a key to go by: without one the host cannot authenticate, and is not let in. */
    public boolean isUsable() {
        return dhchapKey.state() != KeyFile.State.UNREAD;
    }

    public Stream<KeyFile> files() {
        return Stream.concat(Stream.of(dhchapKey), dhchapCtrlrKey.stream());
    }
}
