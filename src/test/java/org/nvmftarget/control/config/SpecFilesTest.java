package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.model.Problem;

class SpecFilesTest {

    @TempDir
    Path folder = Path.of("");

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private List<String> names(SpecFiles.Loaded loaded) {
        return loaded.texts().stream()
                .map(text -> folder.relativize(Path.of(text.file())).toString())
                .toList();
    }

    @Test
    void readsTheDropInsBesideAFileInNameOrder() throws IOException {
        Path file = write("target.yaml", "version: 1\n");
        write("target.d/20-b.yaml", "b");
        write("target.d/10-a.yaml", "a");
        write("target.d/.hidden.yaml", "no");
        write("target.d/30-c.yaml.bak", "no");
        Files.createDirectory(folder.resolve("target.d/40-folder.yaml"));

        SpecFiles.Loaded loaded = SpecFiles.load(file);

        assertEquals(List.of("target.yaml", "target.d/10-a.yaml", "target.d/20-b.yaml"), names(loaded));
        assertEquals(List.of(), loaded.problems());
    }

    @Test
    void readsAMountedConfigMap() throws IOException {
        write("..2026/one.yaml", "version: 1\n");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(folder.resolve("one.yaml"), Path.of("..data/one.yaml"));

        assertEquals(List.of("one.yaml"), names(SpecFiles.load(folder)));
    }

    @Test
    void reportsAMissingFile() {
        Path file = folder.resolve("absent.yaml");

        assertEquals(file + ":0:1: : cannot be read: there is no such file\n", report(SpecFiles.load(file)));
    }

    @Test
    void reportsADropInThatIsADanglingLink() throws IOException {
        Path file = write("target.yaml", "version: 1\n");
        Path link = folder.resolve("target.d/a.yaml");
        Files.createDirectory(link.getParent());
        Files.createSymbolicLink(link, Path.of("nowhere"));

        assertEquals(link + ":0:1: : cannot be read: there is no such file\n", report(SpecFiles.load(file)));
    }

    @Test
    void reportsAFolderWithoutAnySpec() {
        assertEquals(folder + ":0:1: : the folder holds no .yaml file\n", report(SpecFiles.load(folder)));
    }

    @Test
    void reportsWhereTextIsNotUtf8() throws IOException {
        Path file = folder.resolve("latin1.yaml");
        Files.write(file, "version: 1\n# gr\u00fc\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1));

        assertEquals(
                List.of(new Problem(
                        file.toString(),
                        2,
                        5,
                        "",
                        "byte 0xfc is not UTF-8",
                        Optional.of("the file is in another encoding, such as Latin-1: save it as UTF-8"),
                        Optional.of("# gr"))),
                SpecFiles.load(file).problems());
    }

    @Test
    void recognisesUtf16() throws IOException {
        Path file = folder.resolve("utf16.yaml");
        Files.write(file, "version: 1\n".getBytes(StandardCharsets.UTF_16));

        assertTrue(report(SpecFiles.load(file)).contains("the file is UTF-16: save it as UTF-8"));
    }

    @Test
    void readsACopyAsIfItLayAtItsPlace() throws IOException {
        Path copy = write("tmp/.ansible_tmp", "version: 1\n");
        write("target.d/a.yaml", "a");
        Path place = folder.resolve("target.yaml");

        SpecFiles.Loaded loaded = SpecFiles.load(copy, place);

        assertEquals(List.of("target.yaml", "target.d/a.yaml"), names(loaded));
        assertEquals(List.of(), loaded.problems());
    }

    @Test
    void hashesTheContentAndNotItsPlace() throws IOException {
        String one = SpecFiles.load(write("a/one.yaml", "version: 1\n")).contentHash();

        assertEquals(one, SpecFiles.load(write("b/two.yaml", "version: 1\n")).contentHash());
        assertNotEquals(one, SpecFiles.load(write("c/one.yaml", "version: 1")).contentHash());
        assertTrue(one.matches("sha256:[0-9a-f]{64}"), one);
    }

    @Test
    void hashesTheDropInsWithTheirNames() throws IOException {
        write("a/x.d/1.yaml", "b");
        write("b/x.d/2.yaml", "b");

        assertNotEquals(
                SpecFiles.load(write("a/x.yaml", "a")).contentHash(),
                SpecFiles.load(write("b/x.yaml", "a")).contentHash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/nvmf/target.yaml",
                "/etc/nvmf/./target.yaml",
                "/etc/nvmf/target.d",
                "/etc/nvmf/target.d/a.yaml",
                "/etc/nvmf/..data",
                "/etc/nvmf/target.d/..data",
                "/etc/nvmf"
            })
    void isConcernedByItsFilesAndLinks(String changed) {
        assertTrue(SpecFiles.concerns(Path.of("/etc/nvmf/target.yaml"), Path.of(changed)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/nvmf/.target.yaml.swp",
                "/etc/nvmf/other.yaml",
                "/etc/nvmf/target.d/.a.yaml",
                "/etc/nvmf/target.d/a.txt",
                "/etc/nvmf/target.d/sub/a.yaml",
                "/etc/target.yaml"
            })
    void isNotConcernedByOthers(String changed) {
        assertFalse(SpecFiles.concerns(Path.of("/etc/nvmf/target.yaml"), Path.of(changed)));
    }

    @Test
    void isConcernedByTheFilesOfItsFolder() {
        assertTrue(SpecFiles.concerns(Path.of("/etc/nvmf"), Path.of("/etc/nvmf/a.yaml")));
    }

    private static String report(SpecFiles.Loaded loaded) {
        return Specs.report(loaded.problems());
    }
}
