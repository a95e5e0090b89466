package org.nvmftarget.control.plan;

import java.util.List;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;

/** Why a host authenticates otherwise, in a few words: {@code the key in /etc/nvmf/host1.key has changed}. */
final class KeyReason {
    private KeyReason() {}

    static String of(SubsystemDelta.Rekeyed keys, String declared) {
        if (keys.after().isEmpty()) {
            return "keys are no longer declared";
        }
        HostKeys after = keys.after().get();
        if (!after.isUsable()) {
            return "not let in before its key can be read; " + declared;
        }
        boolean same = keys.before().map(HostKeys::declared).equals(keys.after());
        List<String> changed = keys.before().stream()
                .flatMap(HostKeys::files)
                .filter(file -> file.state() == KeyFile.State.CHANGED)
                .map(KeyFile::path)
                .toList();
        return same && !changed.isEmpty() ? "the key in " + String.join(", ", changed) + " has changed" : declared;
    }
}
