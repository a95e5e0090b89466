package org.nvmftarget.control.plan;

import java.util.HexFormat;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TargetConfig;

/** The name of a plan, to which an operator consents. */
public final class PlanId {
    private PlanId() {}

    /** The id of the plan that {@link Planner} makes of the two. */
    public static String of(LiveState live, TargetConfig desired) {
        return of(LostListeners.seen(live, desired).config(), desired);
    }

    /**
     * {@code sha256:} and 64 hexadecimal digits over the canonical desired and the canonical live configuration. Hosts,
     * reasons, line numbers, consent and generation do not change it.
     */
    static String of(TargetConfig live, TargetConfig desired) {
        Canonical canonical = new Canonical();
        canonical.add(desired);
        canonical.add(live);
        return "sha256:" + HexFormat.of().formatHex(canonical.digest());
    }
}
