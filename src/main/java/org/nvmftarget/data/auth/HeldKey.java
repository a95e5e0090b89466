package org.nvmftarget.data.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** A key with the file that it was read from. Any thread. */
public final class HeldKey {
    private static final String ATTRIBUTES = "unix:dev,ino,size,mode,uid,gid,lastModifiedTime,ctime";
    private static final int MAX_BYTES = 4096;
    private static final int TRIES = 3;
    private static final int MODE_REGULAR = 0100000;
    private static final int MODE_TYPE = 0170000;
    private static final int MODE_GROUP_WRITES = 0020;
    private static final int MODE_OTHERS_READ = 0004;
    private static final int MODE_OTHERS_WRITE = 0002;

    /** What the file looked like, and whether it held the key then. */
    private record Look(Map<String, Object> stamp, boolean same) {}

    private final String path;
    private final DhchapKey key;
    private volatile Look last;

    private HeldKey(String path, DhchapKey key, Map<String, Object> stamp) {
        this.path = path;
        this.key = key;
        last = new Look(stamp, true);
    }

    /**
     * Reads the file.
     *
     * @throws KeyFileException if it gives no key: it cannot be read, it is open to others, or it holds something else
     */
    public static HeldKey read(String path) throws KeyFileException {
        try {
            for (int i = 0; i < TRIES; i++) {
                Map<String, Object> stamp = stamp(path);
                check(path, stamp);
                byte[] text = bytes(path);
                try {
                    if (stamp.equals(stamp(path))) {
                        return new HeldKey(path, DhchapKey.parse(text), stamp);
                    }
                } finally {
                    Arrays.fill(text, (byte) 0);
                }
            }
            throw new KeyFileException("EAGAIN", "key file " + path + " is being written");
        } catch (IllegalArgumentException e) {
            throw new KeyFileException("EINVAL", "key file " + path + ": " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new KeyFileException("ENOENT", "key file " + path + " is not there");
        } catch (AccessDeniedException e) {
            throw new KeyFileException("EACCES", "key file " + path + " cannot be read: permission denied");
        } catch (KeyFileException e) {
            throw e;
        } catch (IOException e) {
            throw new KeyFileException("EIO", "key file " + path + " cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, Object> stamp(String path) throws IOException {
        return Files.readAttributes(Path.of(path), ATTRIBUTES);
    }

    private static void check(String path, Map<String, Object> stamp) throws KeyFileException {
        int mode = (int) stamp.getOrDefault("mode", 0);
        if ((mode & MODE_TYPE) != MODE_REGULAR) {
            throw new KeyFileException("EINVAL", "key file " + path + " is not a regular file");
        }
        String shown = String.format(Locale.ROOT, " (mode %04o): chmod 0600 it, or 0640 for a group", mode & 07777);
        if ((mode & (MODE_OTHERS_READ | MODE_OTHERS_WRITE)) != 0) {
            throw new KeyFileException("EPERM", "key file " + path + " is open to everybody" + shown);
        }
        if ((mode & MODE_GROUP_WRITES) != 0) {
            throw new KeyFileException("EPERM", "key file " + path + " can be written by its group" + shown);
        }
    }

    private static byte[] bytes(String path) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] text = in.readNBytes(MAX_BYTES + 1);
            if (text.length > MAX_BYTES) {
                throw new IllegalArgumentException("it holds more than a key");
            }
            return text;
        }
    }

    public DhchapKey key() {
        return key;
    }

    public String path() {
        return path;
    }

    /** Whether the file can be read and holds this very key. Opens it only if it looks otherwise than the last time. */
    public boolean isCurrent() {
        Look seen = last;
        try {
            Map<String, Object> now = stamp(path);
            if (!now.equals(seen.stamp())) {
                seen = look();
                last = seen;
            }
            return seen.same();
        } catch (IOException gone) {
            return false;
        }
    }

    /** Tells two looks of the file apart, for who must not tell the same news twice. */
    String stamp() {
        try {
            return stamp(path).toString();
        } catch (IOException gone) {
            return "gone";
        }
    }

    private Look look() throws KeyFileException {
        HeldKey now = read(path);
        boolean same = key.isSame(now.key);
        now.key.wipe();
        return new Look(now.last.stamp(), same);
    }

    @Override
    public String toString() {
        return "the key of " + path;
    }
}
