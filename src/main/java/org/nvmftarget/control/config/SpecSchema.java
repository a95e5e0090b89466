package org.nvmftarget.control.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The JSON Schema of a spec, for editors and other programs; {@link SpecReader} judges without it. */
public final class SpecSchema {

    private static final String RESOURCE = "/schema/target.schema.json";

    private SpecSchema() {}

    /** The text of {@code schema/target.schema.json}. */
    public static String json() {
        try (InputStream in = Objects.requireNonNull(SpecSchema.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the packaged " + RESOURCE, e);
        }
    }
}
