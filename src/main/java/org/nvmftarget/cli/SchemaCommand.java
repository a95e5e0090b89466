package org.nvmftarget.cli;

import java.util.concurrent.Callable;
import org.nvmftarget.control.config.SpecSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code schema}. */
@Command(name = "schema", description = "Print the JSON Schema of the spec file.")
final class SchemaCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(SpecSchema.json());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
