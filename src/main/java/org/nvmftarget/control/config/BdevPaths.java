package org.nvmftarget.control.config;

import java.util.Optional;
import org.nvmftarget.model.BdevSpec;

/**
 * The paths of files and devices: absolute, in one way of writing, and each of one bdev alone, under whichever of the names
 * that Linux gives to a namespace of an NVMe drive.
 */
final class BdevPaths {

    private static final int MAX_LENGTH = 4095;

    private final Identities paths;

    BdevPaths(Problems problems) {
        paths = new Identities("path", problems);
    }

    /** @param bdev that the path is of */
    Optional<String> path(Value value, Value bdev) {
        return value.text("an absolute path")
                .filter(text -> isGood(value, text))
                .filter(text -> paths.claim(BdevSpec.Nvme.place(text), bdev.path(), value.path(), value.place()));
    }

    private static boolean isGood(Value value, String text) {
        if (!text.startsWith("/") || text.endsWith("/") || text.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            value.problem(Wording.quoted(text) + " is not the absolute path of a file or a device");
            return false;
        }
        if (text.length() > MAX_LENGTH) {
            value.problem("a path has at most " + MAX_LENGTH + " characters");
            return false;
        }
        for (String part : text.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                value.problem(Wording.quoted(text) + " is a roundabout way", "write it without `//`, `/./` and `/../`");
                return false;
            }
        }
        return true;
    }
}
