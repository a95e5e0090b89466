package org.nvmftarget.control.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nvmftarget.model.Problem;

/**
 * Reads the files of a spec: one file with the drop-in folder beside it ({@code target.d} beside {@code target.yaml}),
 * or a folder. Of a folder's files those count that end in {@code .yaml} and do not begin with a dot, in the order of
 * their names.
 */
public final class SpecFiles {

    private static final String SUFFIX = ".yaml";

    /** Kubernetes swaps this link of a mounted ConfigMap to change all of its files at once. */
    private static final String CONFIG_MAP_LINK = "..data";

    private final List<SpecText> texts = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final MessageDigest hash = sha256();
    private int bytesLeft = SpecLimits.MAX_BYTES;

    private SpecFiles() {}

    /**
     * What was found.
     *
     * @param texts the file first, then its drop-ins by name; without those that could not be read
     * @param problems of reading, not of what the texts say; such a spec is not to be admitted
     * @param contentHash {@code sha256:} and 64 digits over the names of drop-ins and all bytes; the file's own name
     *     and folder do not count, so that the same text has the same hash wherever it lies
     */
    public record Loaded(List<SpecText> texts, List<Problem> problems, String contentHash) {
        public Loaded {
            texts = List.copyOf(texts);
            problems = List.copyOf(problems);
        }
    }

    /** Reads {@code file}, or all files if it is a folder, with its drop-ins. */
    public static Loaded load(Path file) {
        return new SpecFiles().loadAll(file, file);
    }

    /**
     * Reads {@code file} as if it lay at {@code as}: with the drop-ins beside {@code as}, and with {@code as} as its
     * name in messages, because {@code file} is a copy that will be gone when the operator looks (each problem shows
     * its source line too). Only if it cannot be read is {@code file} itself named.
     */
    public static Loaded load(Path file, Path as) {
        return new SpecFiles().loadAll(file, as);
    }

    /**
     * Whether a change of {@code changed} can matter to the spec at {@code specFile}, which is a file or a folder.
     * Files that begin with a dot do not matter, such as those that editors and Ansible write beside the file; the
     * link that Kubernetes swaps does.
     */
    public static boolean concerns(Path specFile, Path changed) {
        Path spec = specFile.toAbsolutePath().normalize();
        Path path = changed.toAbsolutePath().normalize();
        Path dropIns = dropInFolder(spec);
        Path folder = path.getParent();
        if (path.equals(spec) || path.equals(dropIns) || path.equals(spec.getParent())) {
            return true;
        }
        if (spec.equals(folder) || dropIns.equals(folder)) {
            return isSpecName(path) || isConfigMapLink(path);
        }
        return folder != null && folder.equals(spec.getParent()) && isConfigMapLink(path);
    }

    private static boolean isConfigMapLink(Path path) {
        return name(path).equals(CONFIG_MAP_LINK);
    }

    private static boolean isSpecName(Path path) {
        return name(path).endsWith(SUFFIX) && !name(path).startsWith(".");
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Path dropInFolder(Path spec) {
        String name = name(spec);
        int dot = name.lastIndexOf('.');
        return spec.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".d");
    }

    private Loaded loadAll(Path file, Path as) {
        if (Files.isDirectory(file)) {
            loadFolder(file);
            if (texts.isEmpty() && problems.isEmpty()) {
                problem(file.toString(), "the folder holds no " + SUFFIX + " file");
            }
        } else if (wouldWait(file)) {
            problem(file.toString(), "is no regular file");
        } else {
            read(file, as.toString(), "");
            Path dropIns = dropInFolder(as);
            if (Files.isDirectory(dropIns)) {
                loadFolder(dropIns);
            }
        }
        return new Loaded(texts, problems, "sha256:" + HexFormat.of().formatHex(hash.digest()));
    }

    /** A pipe has a text at once only where a shell puts one, which is below {@code /dev}; any other may wait for ever. */
    private static boolean wouldWait(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !file.startsWith("/dev");
    }

    private void loadFolder(Path folder) {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(SpecFiles::isSpecName)
                    .filter(path -> !Files.isDirectory(path))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            problem(folder.toString(), "cannot read the folder: " + reason(e));
            return;
        }
        for (Path file : files) {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                problem(file.toString(), "is no regular file");
            } else {
                read(file, file.toString(), name(file));
            }
        }
    }

    /** @param hashedName what names the text in the hash */
    private void read(Path file, String shownName, String hashedName) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(bytesLeft + 1);
        } catch (IOException e) {
            problem(file.toString(), "cannot be read: " + reason(e));
            addToHash(hashedName, new byte[0]);
            return;
        }
        addToHash(hashedName, bytes);
        if (bytes.length > bytesLeft) {
            problem(shownName, tooLarge());
            return;
        }
        bytesLeft -= bytes.length;
        switch (Utf8.decode(bytes)) {
            case Utf8.Text(String text) -> texts.add(new SpecText(shownName, text));
            case Utf8.Fault(int line, int column, Optional<String> sourceLine, String message, Optional<String> hint) ->
                problems.add(new Problem(shownName, line, column, "", message, hint, sourceLine));
        }
    }

    private String tooLarge() {
        String limit = "the limit of " + (SpecLimits.MAX_BYTES >> 20) + " MiB";
        return bytesLeft == SpecLimits.MAX_BYTES
                ? "is larger than " + limit
                : "is larger than what the files before it leave of " + limit;
    }

    private void addToHash(String name, byte[] bytes) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        hash.update(ByteBuffer.allocate(8)
                .putInt(nameBytes.length)
                .putInt(bytes.length)
                .array());
        hash.update(nameBytes);
        hash.update(bytes);
    }

    private void problem(String file, String message) {
        problems.add(new Problem(file, 0, 1, "", message, Optional.empty(), Optional.empty()));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
