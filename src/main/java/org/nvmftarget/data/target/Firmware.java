package org.nvmftarget.data.target;

import java.util.Optional;

/** What Identify Controller says of the program's version. */
final class Firmware {
    private Firmware() {}

    /** At most eight characters. */
    static final String REVISION = Optional.ofNullable(
                    Firmware.class.getPackage().getImplementationVersion())
            .map(v -> v.substring(0, Math.min(8, v.length())))
            .orElse("dev");
}
