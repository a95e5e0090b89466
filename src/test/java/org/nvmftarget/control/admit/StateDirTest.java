package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.Candidate.Outcome;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.Problem;

class StateDirTest {
    private static final String PLAN_ID = "sha256:" + "ab".repeat(32);

    @TempDir
    Path temp;

    private static StoredSpec spec(long generation) {
        List<SpecText> texts = List.of(new SpecText("a.yaml", "version: 1\n"), new SpecText("b.yaml", "# \"ü\"\n"));
        return new StoredSpec(generation, "sha256:" + generation, Instant.ofEpochSecond(generation), texts);
    }

    @Test
    void isTheOwnersAlone() throws IOException {
        Path folder = temp.resolve("new/state");
        try (StateDir dir = StateDir.open(folder)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.folder())));
        }
    }

    @Test
    void refusesAFolderThatStrangersCanWriteTo() throws IOException {
        Path shared = Files.createDirectory(temp.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));

        StateDirException refused = assertThrows(StateDirException.class, () -> StateDir.open(shared));

        assertTrue(String.valueOf(refused.getMessage()).contains(shared.toString()));
    }

    @Test
    void belongsToOneDaemonAtATime() throws IOException {
        try (StateDir first = StateDir.open(temp)) {
            StateDirException refused = assertThrows(StateDirException.class, () -> StateDir.open(first.folder()));
            assertTrue(String.valueOf(refused.getMessage())
                    .contains(temp + " is in use by another nvmf-target (process "
                            + ProcessHandle.current().pid()));
        }
        StateDir.open(temp).close();
    }

    @Test
    void keepsTheAcceptedSpec() throws IOException {
        try (StateDir dir = StateDir.open(temp)) {
            dir.accept(spec(7));
        }
        assertEquals(Optional.of(spec(7)), StateDir.readAccepted(temp));
    }

    @Test
    void hasNoAcceptedSpecAtFirst() throws IOException {
        assertEquals(Optional.empty(), StateDir.readAccepted(temp));
    }

    @Test
    void keepsTheLastTwentyGenerations() throws IOException {
        try (StateDir dir = StateDir.open(temp)) {
            for (int i = 1; i <= 25; i++) {
                dir.accept(spec(i));
            }
        }
        try (Stream<Path> kept = Files.list(temp.resolve("generations"))) {
            assertEquals(
                    List.of("0000000006.json", "0000000025.json"),
                    kept.map(p -> p.getFileName().toString())
                            .sorted()
                            .filter(name ->
                                    name.compareTo("0000000007.json") < 0 || name.compareTo("0000000024.json") > 0)
                            .toList());
        }
    }

    @Test
    void ignoresWhatACrashLeftBehind() throws IOException {
        try (StateDir dir = StateDir.open(temp)) {
            dir.accept(spec(1));
        }
        Files.writeString(temp.resolve(".tmp-accepted.json"), "{\"format_version\":1,\"gener");
        Files.writeString(temp.resolve("generations/0000000002.json"), "{\"format_version\":1,\"gener");

        assertEquals(Optional.of(spec(1)), StateDir.readAccepted(temp));
        try (StateDir dir = StateDir.open(temp)) {
            dir.accept(spec(2));
        }
        assertEquals(Optional.of(spec(2)), StateDir.readAccepted(temp));
    }

    @Test
    void namesAnAcceptedSpecThatItCannotRead() throws IOException {
        Files.writeString(temp.resolve("accepted.json"), "{");

        StateDirException unreadable = assertThrows(StateDirException.class, () -> StateDir.readAccepted(temp));

        assertTrue(String.valueOf(unreadable.getMessage()).contains("accepted.json"));
    }

    @Test
    void keepsTheLatchUntilItIsCleared() throws IOException {
        Candidate latched = new Candidate(
                "sha256:1",
                Outcome.REFUSED,
                List.of(new Problem("f", 1, 2, "p", "m", Optional.of("h"), Optional.empty())),
                List.of(new Refusal("empty", "m", true)),
                Optional.of(PLAN_ID),
                true,
                Instant.ofEpochSecond(9));
        try (StateDir dir = StateDir.open(temp)) {
            dir.latch(latched);
        }
        try (StateDir dir = StateDir.open(temp)) {
            assertEquals(Optional.of(latched), dir.latch());
            assertEquals(Optional.of(latched), StateDir.readLatch(temp));
            dir.clearLatch();
            assertEquals(Optional.empty(), dir.latch());
        }
    }

    @Test
    void judgesAgainWhenTheLatchCannotBeRead() throws IOException {
        try (StateDir dir = StateDir.open(temp)) {
            Files.writeString(temp.resolve("latch.json"), "torn");
            assertEquals(Optional.empty(), dir.latch());
        }
    }

    @Test
    void usesConsentUpWhenASpecIsAccepted() throws IOException {
        try (StateDir dir = StateDir.open(temp)) {
            StateDir.approve(temp, PLAN_ID);
            assertEquals(Set.of(PLAN_ID), dir.consents(0));

            dir.accept(spec(1));

            assertEquals(Set.of(), dir.consents(0));
            assertEquals(Set.of(), dir.consents(1));
        }
    }

    @Test
    void takesNoPathForAPlanId() {
        assertThrows(StateDirException.class, () -> StateDir.approve(temp, "../latch.json"));
    }
}
