/**
 * What monitoring reads over HTTP, in the formats of Prometheus: the reconciler's status and the target's counters, as
 * gauges and counters that are made when somebody asks. Reads {@code reconcile}'s views and {@code model} alone, on
 * threads of its own; a scrape never pauses or waits for anything.
 */
@NullMarked
package org.nvmftarget.control.metrics;

import org.jspecify.annotations.NullMarked;
