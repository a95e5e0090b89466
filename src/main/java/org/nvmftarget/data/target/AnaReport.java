package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nvmftarget.data.nvme.AnaLog;

/**
 * A controller's ANA log page and its change counts (NVMe Base specification 2.0, section 5.16.1.13), on its admin
 * queue's reactor. They count what this controller's host can see, and begin anew with a reset.
 */
final class AnaReport {

    private List<AnaLog.Group> groups = List.of();
    private final Map<Integer, Long> changes = new HashMap<>();
    private long changeCount;

    /** Takes over what the controller sees now; false if that is what it saw before. */
    boolean update(ControllerView seen) {
        List<AnaLog.Group> next = seen.anaGroups();
        if (next.equals(groups)) {
            return false;
        }
        for (AnaLog.Group group : next) {
            if (!groups.contains(group)) {
                changes.merge(group.id(), 1L, Long::sum);
            }
        }
        groups = next;
        changeCount++;
        return true;
    }

    /** Controller reset: what there is now is where counting begins. */
    void reset() {
        changes.clear();
        groups.forEach(g -> changes.put(g.id(), 1L));
        changeCount = 0;
    }

    /** @param groupsOnly without nsids */
    AnaLog page(boolean groupsOnly) {
        List<AnaLog.Group> counted = new ArrayList<>();
        for (AnaLog.Group g : groups) {
            AnaLog.Group group = new AnaLog.Group(g.id(), changes.getOrDefault(g.id(), 1L), g.state(), g.nsids());
            counted.add(groupsOnly ? group.alone() : group);
        }
        return new AnaLog(changeCount, counted);
    }
}
