package org.nvmftarget.control.rpc;

import java.util.SortedMap;

/** What the log shows now. Safe on every thread. */
public interface LogView {

    /** One of the spec's levels: {@code error warn info debug trace}. */
    String level();

    /** Each of the spec's flags, and whether it is set. */
    SortedMap<String, Boolean> flags();
}
