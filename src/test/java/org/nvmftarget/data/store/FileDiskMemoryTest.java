package org.nvmftarget.data.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.model.BdevSpec;

class FileDiskMemoryTest {

    private static final UUID ID = new UUID(1, 2);

    @TempDir
    private Path folder;

    private FileDiskMemory memory() {
        return new FileDiskMemory(folder.resolve("disks"));
    }

    private static BdevSpec.Block block(long sizeBytes, int blockSizeBytes) {
        return new BdevSpec.Block("nvme0", "/dev/nvme0n1", sizeBytes, blockSizeBytes, ID);
    }

    private static BdevSpec.File file(String path, long sizeBytes) {
        return new BdevSpec.File("disk0", path, sizeBytes, 4096, false, ID);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("disks"))) {
            return all.toList();
        }
    }

    @Test
    void whatADeviceWasIsRecalledByTheNextProcess() {
        memory().remember(block(1 << 20, 512));
        assertEquals(Optional.of(block(1 << 20, 512)), memory().recall(block(0, 0)));
        assertEquals(Optional.of(block(1 << 20, 4096)), memory().recall(block(0, 4096)));
        memory().remember(block(2 << 20, 512));
        assertEquals(Optional.of(block(2 << 20, 512)), memory().recall(block(0, 0)));
    }

    @Test
    void aFileKeepsWhatItGrewToFromOutside() {
        memory().remember(file("/srv/disk0", 8 << 20));
        assertEquals(Optional.of(file("/srv/disk0", 8 << 20)), memory().recall(file("/srv/disk0", 4 << 20)));
    }

    @Test
    void nothingIsKnownOfWhatWasNeverThereOrIsAnotherOne() {
        assertEquals(Optional.empty(), memory().recall(file("/srv/disk0", 4096)));
        memory().remember(file("/srv/disk0", 8192));
        assertEquals(Optional.empty(), memory().recall(file("/srv/disk1", 4096)));
    }

    @Test
    void whatIsNoLongerDeclaredIsForgotten() throws IOException {
        memory().remember(file("/srv/disk0", 8192));
        memory().forget(file("/srv/disk0", 8192));
        assertEquals(Optional.empty(), memory().recall(file("/srv/disk0", 8192)));
        assertEquals(List.of(), files());
        memory().forget(file("/srv/disk0", 8192));
    }

    @Test
    void whatIsRememberedAlreadyIsNotWrittenAgain() throws IOException {
        memory().remember(block(1 << 20, 512));
        Object written = Files.readAttributes(files().getFirst(), "unix:ino").get("ino");
        memory().remember(block(1 << 20, 512));
        assertEquals(
                written, Files.readAttributes(files().getFirst(), "unix:ino").get("ino"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"format_version\":1,\"size_bytes\":-4096,\"block_size_bytes\":512}",
                "{\"format_version\":1,\"size_bytes\":4096,\"block_size_bytes\":513}",
                "{\"format_version\":2,\"size_bytes\":4096,\"block_size_bytes\":512}",
                "{\"format_version\":1,\"size_bytes\":\"4096\",\"block_size_bytes\":512}"
            })
    void whatMakesNoDeviceIsPutAside(String text) throws IOException {
        memory().remember(block(1 << 20, 512));
        Files.writeString(files().getFirst(), text);
        assertEquals(Optional.empty(), memory().recall(block(0, 0)));
        assertTrue(files().getFirst().toString().endsWith(".bad-1"), text);
    }
}
