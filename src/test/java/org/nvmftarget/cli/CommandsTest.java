package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands without a daemon: what they print and how they exit. */
final class CommandsTest {

    private static final String VALID = """
        version: 1
        transports: { tcp: }
        bdevs: { memory0: { type: malloc, size: 1MiB } }
        subsystems:
          nqn.2026-11.org.example:a:
            allow_any_host: true
            protect: true
            namespaces: { 1: { bdev: memory0 } }
            listeners:
              - { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 }
        """;

    @TempDir
    private Path folder;

    private Path valid;
    private Path invalid;

    @BeforeEach
    void write() throws IOException {
        valid = Files.writeString(folder.resolve("valid.yaml"), VALID);
        invalid = Files.writeString(folder.resolve("invalid.yaml"), VALID.replace("trsvcid", "trsvcd"));
    }

    @Test
    void aValidFileIsSaidToBeValid() {
        CommandRun run = CommandRun.of("validate", valid);
        assertEquals(new CommandRun(0, valid + ": valid\n", ""), run);
    }

    @Test
    void anInvalidFileIsReportedWithItsPlaceAndAHint() {
        CommandRun run = CommandRun.of("validate", valid, invalid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("invalid.yaml:10:"), run.err());
        assertTrue(run.err().contains("trsvcid"), run.err());
        assertEquals("", run.out());
    }

    @Test
    void problemsAsJsonGoToStandardOutput() {
        CommandRun run = CommandRun.of("validate", "--output", "json", invalid);
        assertEquals(1, run.exitCode());
        JsonNode first = Json.parse(run.out()).path(0);
        assertEquals(List.of("file", "line", "column", "path", "message", "hint"), List.copyOf(first.propertyNames()));
        assertEquals(10, first.path("line").asInt());
    }

    @Test
    void aCopyIsValidatedAsIfItLayInItsPlace() throws IOException {
        Path dropIns = Files.createDirectory(folder.resolve("target.d"));
        Files.writeString(dropIns.resolve("10-more.yaml"), "bdevs: { memory0: { type: malloc, size: 2MiB } }\n");
        CommandRun run = CommandRun.of("validate", "--as", folder.resolve("target.yaml"), valid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("10-more.yaml:1:"), run.err());
    }

    @Test
    void aFileThatIsNotThereIsAProblem() {
        CommandRun run = CommandRun.of("validate", folder.resolve("no.yaml"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("there is no such file"), run.err());
    }

    @Test
    void anUnknownOptionGivesTheUsage() {
        CommandRun run = CommandRun.of("plan", "--nonsense", valid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("Unknown option: '--nonsense'"), run.err());
        assertTrue(run.err().contains("Usage: nvmf-target plan"), run.err());
    }

    @Test
    void everyCommandHasHelp() {
        for (String command :
                List.of("run", "validate", "plan", "approve", "status", "export", "import", "history", "schema")) {
            CommandRun run = CommandRun.of(command, "--help");
            assertEquals(0, run.exitCode(), command);
            assertTrue(run.out().startsWith("Usage: nvmf-target " + command), run.out());
        }
    }

    @Test
    void aPlanAgainstNothingCreatesEverything() {
        CommandRun run = CommandRun.of("plan", "--against", "none", valid);
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Plan: 5 to add, 0 to change, 0 to remove"), run.out());
    }

    @Test
    void theDetailedExitCodeTellsChangesFromNone() {
        assertEquals(
                2,
                CommandRun.of("plan", "--detailed-exitcode", "--against", "none", valid)
                        .exitCode());
        CommandRun same = CommandRun.of("plan", "--detailed-exitcode", "--against", valid, valid);
        assertEquals(new CommandRun(0, "No changes: the target is as declared.\n", ""), same);
    }

    @Test
    void aPlanThatAGuardRefusesHasAnExitCodeOfItsOwn() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.yaml"), "version: 1\n");
        CommandRun run = CommandRun.of("plan", "--output", "json", "--against", valid, empty);
        assertEquals(3, run.exitCode());
        assertTrue(Json.parse(run.out()).path("refused").size() > 0, run.out());
    }

    @Test
    void aPlanOfAnInvalidFileIsNone() {
        CommandRun run = CommandRun.of("plan", "--against", "none", invalid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("invalid.yaml:10:"), run.err());
    }

    @Test
    void aPlanAgainstTheAcceptedSpecNeedsOne() {
        CommandRun run = CommandRun.of("plan", "--against", "accepted", "--state-dir", folder, valid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("there is no accepted spec in " + folder), run.err());
    }

    @Test
    void commandsThatAskTheDaemonSayIfThereIsNone() {
        Path socket = folder.resolve("rpc.sock");
        for (List<Object> command : List.<List<Object>>of(
                List.of("plan", valid), List.of("status"), List.of("status", "--wait", "150ms"), List.of("export"))) {
            Object[] arguments = new Object[command.size() + 2];
            System.arraycopy(command.toArray(), 0, arguments, 0, command.size());
            arguments[command.size()] = "--rpc-socket";
            arguments[command.size() + 1] = socket;
            CommandRun run = CommandRun.of(arguments);
            assertEquals(4, run.exitCode(), command.toString());
            assertTrue(run.err().startsWith("nvmf-target: no daemon answers at " + socket), run.err());
        }
    }

    @Test
    void historyNeedsAStateFolder() {
        CommandRun run = CommandRun.of("history", "--state-dir", folder.resolve("no"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("there is no state folder"), run.err());
    }

    @Test
    void onlyARefusedPlanCanBeApproved() {
        CommandRun run = CommandRun.of("approve", "--state-dir", folder, "sha256:" + "0".repeat(64));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("is refused, by what " + folder + " says"), run.err());
    }

    @Test
    void whatIsImportedIsASpecAndTheRestIsListed() throws IOException {
        Path saved = folder.resolve("spdk.json");
        Files.writeString(saved, """
            {"subsystems": [{"subsystem": "bdev", "config": [
              {"method": "bdev_malloc_create",
               "params": {"name": "Malloc0", "num_blocks": 2048, "block_size": 512, "md_size": 8}}]}]}
            """);
        CommandRun run = CommandRun.of("import", "--from", "spdk", saved);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(
                run.err()
                        .startsWith("not carried over: $.subsystems[0].config[0].params.md_size: nothing in a spec says"
                                + " this"),
                run.err());
        Path spec = Files.writeString(folder.resolve("imported.yaml"), run.out());
        assertEquals(0, CommandRun.of("validate", spec).exitCode(), run.out());
    }

    @Test
    void anImportOfSomethingElseIsAnError() {
        CommandRun run = CommandRun.of("import", "--from", "nvmetcli", valid);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("nvmf-target: " + valid + " is not JSON: "), run.err());
        CommandRun absent = CommandRun.of("import", "--from", "spdk", folder.resolve("no.json"));
        assertEquals(1, absent.exitCode());
        assertTrue(absent.err().contains("there is no such file"), absent.err());
        assertEquals(1, CommandRun.of("import", "--from", "lio", valid).exitCode());
    }

    @Test
    void theSchemaIsJson() {
        CommandRun run = CommandRun.of("schema");
        assertEquals(0, run.exitCode());
        assertTrue(Json.parse(run.out()).has("$schema"), run.out());
    }

    @Test
    void aFirstStartWithABrokenFileEndsWithEveryProblem() {
        CommandRun run = CommandRun.of(
                "run", invalid, "--state-dir", folder.resolve("state"), "--rpc-socket", folder.resolve("rpc.sock"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("invalid.yaml:10:"), run.err());
        assertTrue(run.err().contains("it does not start"), run.err());
    }
}
