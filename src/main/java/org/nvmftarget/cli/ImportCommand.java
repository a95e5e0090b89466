package org.nvmftarget.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nvmftarget.control.imports.ImportFormat;
import org.nvmftarget.control.imports.Imported;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import}. */
@Command(
        name = "import",
        description = "Print the spec that another target's saved configuration amounts to. What no spec can say is"
                + " listed on standard error.")
final class ImportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FORMAT",
            description = "spdk (what `rpc.py save_config` prints) or nvmetcli (what `nvmetcli save` writes)")
    private ImportFormat from = ImportFormat.SPDK;

    @Parameters(paramLabel = "FILE", description = "the saved configuration, in JSON")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        Imported imported;
        try {
            imported = from.read(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(file + " cannot be read: there is no such file");
        } catch (CharacterCodingException e) {
            throw new CommandFailure(file + " is not UTF-8");
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(file + " " + e.getMessage());
        }
        PrintWriter err = spec.commandLine().getErr();
        imported.left().forEach(left -> err.println("not carried over: " + left));
        err.flush();
        spec.commandLine().getOut().print(imported.yaml());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
