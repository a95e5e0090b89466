package org.nvmftarget.control.reconcile;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;

/** Read-only views for RPC and metrics. Safe on every thread; never pauses or waits for anything. */
public interface StatusSource {

    TargetStatus status();

    /** Every object that is declared, or live and not declared, sorted by its path. */
    List<ObjectStatus> objects();

    LiveState live();

    /** The counters of {@link #live} alone. */
    default LiveState.Stats stats() {
        return live().stats();
    }

    /** What devices have done. */
    Activity activity();

    /** What threads have done. */
    EventLoops eventLoops();

    /** How long the operations of a block device took; empty if there is none of this name. */
    Optional<IoLatencies> latencies(String bdev);

    /** The accepted spec: what export adds to the live configuration (reconcile, log, rpc, protect). */
    DesiredState accepted();

    /** The journal's last lines, oldest first, each one JSON object. */
    List<String> history(int most);
}
