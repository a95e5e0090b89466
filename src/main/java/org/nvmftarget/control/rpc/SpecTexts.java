package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The file that this target runs from, with its drop-ins. */
public interface SpecTexts {

    /** As the operator named it, absolute. */
    Path path();

    /** The texts by their names, in the order in which they merge. */
    Map<String, String> read() throws IOException;
}
