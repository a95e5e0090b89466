package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A symbolic link where {@code rpc.py} looks by default, unless something else stands there. */
final class SpdkLink {

    private static final Logger LOG = LoggerFactory.getLogger(SpdkLink.class);

    private SpdkLink() {}

    static void make(Path link, Path socket) {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            if (!isOurs(link, socket)) {
                LOG.info("{} is somebody else's: rpc.py needs -s {}", link, socket);
            }
            return;
        }
        try {
            Files.createSymbolicLink(link, socket);
        } catch (IOException e) {
            LOG.info("no link at {}: {}", link, e.toString());
        }
    }

    static void remove(Path link, Path socket) {
        try {
            if (isOurs(link, socket)) {
                Files.deleteIfExists(link);
            }
        } catch (IOException e) {
            LOG.info("the link {} stays: {}", link, e.toString());
        }
    }

    private static boolean isOurs(Path link, Path socket) {
        try {
            return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(socket);
        } catch (IOException gone) {
            return false;
        }
    }
}
