/**
 * Decides what the target should be: file → validate → settle → guards and consent → accepted spec N+1. {@link
 * org.nvmftarget.control.admit.Admission} runs on a thread of its own and never changes the target: it reads snapshots
 * and probes. Imports {@code config}, {@code plan} and {@code model}.
 *
 * <p>The state folder, mode 0700, of which one daemon holds the lock:
 *
 * <pre>
 * lock                          held while a daemon runs; its text is that daemon's process id
 * accepted.json                 the accepted spec: generation, content hash, time, texts with their names
 * generations/0000000007.json   the same for the last 20 generations
 * latch.json                    the last candidate that was invalid or refused, with why
 * approvals/PLAN_ID             an operator's consent to one refused plan; an empty file
 * namespaces/                   what hosts have set on namespaces; the data plane's own
 * journal.jsonl                 what happened (see {@code control.reconcile}); journal.1.jsonl is the part before
 * </pre>
 *
 * Every file but the lock and the journal appears by fsync and rename, so that a crash leaves the old one or the new
 * one; what begins with {@code .tmp-} is the rest of a crash and is ignored.
 */
@NullMarked
package org.nvmftarget.control.admit;

import org.jspecify.annotations.NullMarked;
