/**
 * From YAML text to {@link org.nvmftarget.model.DesiredState}, or to every problem of the text at once, each with its
 * place. Reading is a pure function of the texts; only {@link org.nvmftarget.control.config.SpecFiles} touches files.
 * Stateless, so safe on every thread. May import {@code model}, the YAML reader (snakeyaml-engine) and nothing of
 * the other rooms.
 */
@NullMarked
package org.nvmftarget.control.config;

import org.jspecify.annotations.NullMarked;
