package org.nvmftarget.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder in a place where anybody may make folders: it must be ours and nobody else may enter it. */
final class PrivateFolder {
    private PrivateFolder() {}

    static void make(Path folder) {
        try {
            try {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException there) {
                check(folder);
            }
        } catch (IOException e) {
            throw new CommandFailure("the folder " + folder + " cannot be made: " + e.getMessage());
        }
    }

    private static void check(Path folder) throws IOException {
        boolean own = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals((int) UserId.ofThisProcess());
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
        if (!own || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !mode.endsWith("------")) {
            throw new CommandFailure(
                    folder + " is not a folder of yours alone: remove it, or choose a socket by --rpc-socket");
        }
    }
}
