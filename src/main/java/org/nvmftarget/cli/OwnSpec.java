package org.nvmftarget.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.rpc.SpecTexts;

/** The file that the daemon runs from. */
record OwnSpec(Path path) implements SpecTexts {
    @Override
    public Map<String, String> read() throws IOException {
        SpecFiles.Loaded loaded = SpecFiles.load(path);
        if (!loaded.problems().isEmpty()) {
            throw new IOException(loaded.problems().getFirst().message());
        }
        Map<String, String> texts = new LinkedHashMap<>();
        loaded.texts().forEach(text -> texts.put(text.file(), text.text()));
        return texts;
    }
}
