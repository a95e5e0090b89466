package org.nvmftarget.data.auth;

import java.util.Optional;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;

/**
 * The secrets of one host on one subsystem.
 *
 * @param host proves the host
 * @param ctrlr proves the subsystem
 */
public record HostSecrets(HeldKey host, Optional<HeldKey> ctrlr) {

    /** Reads the files that {@code keys} names; a failure leaves nothing behind. */
    public static HostSecrets read(HostKeys keys) throws KeyFileException {
        HeldKey host = HeldKey.read(keys.dhchapKey().path());
        Optional<KeyFile> ctrlr = keys.dhchapCtrlrKey();
        return new HostSecrets(
                host, ctrlr.isPresent() ? Optional.of(HeldKey.read(ctrlr.get().path())) : Optional.empty());
    }

    /** {@code keys} with what these secrets are to their files now. */
    public HostKeys seen(HostKeys keys) {
        return new HostKeys(
                keys.dhchapKey().in(state(host)),
                keys.dhchapCtrlrKey()
                        .map(file -> file.in(ctrlr.map(HostSecrets::state).orElse(KeyFile.State.UNREAD))),
                keys.digests(),
                keys.dhgroups());
    }

    /** Whether the files hold these very keys. */
    public boolean isCurrent() {
        return host.isCurrent() && ctrlr.map(HeldKey::isCurrent).orElse(true);
    }

    /** Another text for another look of the files. */
    public String stamp() {
        return host.stamp() + ctrlr.map(HeldKey::stamp).orElse("");
    }

    private static KeyFile.State state(HeldKey key) {
        return key.isCurrent() ? KeyFile.State.IN_FORCE : KeyFile.State.CHANGED;
    }
}
