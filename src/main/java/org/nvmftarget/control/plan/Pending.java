package org.nvmftarget.control.plan;

import org.nvmftarget.model.ObjectRef;

/** An object that waits for something outside: neither a change nor a failure. */
public record Pending(ObjectRef object, String reason) {}
