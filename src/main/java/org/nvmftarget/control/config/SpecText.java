package org.nvmftarget.control.config;

/**
 * One file of a spec, as it was read.
 *
 * @param file its name for messages
 * @param text its whole content
 */
public record SpecText(String file, String text) {}
