package org.nvmftarget.data.bdev;

import java.util.List;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevSpec;

/** Another device, some of whose operations fail, and then do nothing. */
final class ErrorBdev extends Wrapper {

    private volatile BdevSpec.Failing spec;
    private volatile ErrorRule[] rules;

    ErrorBdev(BdevSpec.Failing spec, Bdev base, List<Reactor> reactors) {
        super(base, reactors);
        this.spec = spec;
        rules = rules(spec.errors());
    }

    private static ErrorRule[] rules(List<BdevError> errors) {
        return errors.stream().map(ErrorRule::new).toArray(ErrorRule[]::new);
    }

    /** From the next operation on. */
    void errors(List<BdevError> errors) {
        spec = spec.withErrors(errors);
        rules = rules(errors);
    }

    @Override
    public BdevSpec spec() {
        return spec.withShape(blocks() * blockSizeBytes(), blockSizeBytes());
    }

    @Override
    public void submit(BdevIo io) {
        for (ErrorRule rule : rules) {
            if (rule.hits(io)) {
                io.complete(rule.status(io));
                return;
            }
        }
        forward(io);
    }

    @Override
    void baseEnded(BdevIo io, BdevStatus status) {
        io.complete(status);
    }
}
