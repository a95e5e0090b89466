/**
 * Makes the target what the accepted spec says, and keeps it so: live → accepted → plan → execute → verify → retry.
 * {@link org.nvmftarget.control.reconcile.ControlPlane} is the door: it starts admission's thread and the control
 * thread, on which {@link org.nvmftarget.control.reconcile.Reconciler} runs. Imports {@code admit}, {@code plan},
 * {@code render}, {@code config} and {@code model}; reaches the target through {@code TargetControl} alone.
 *
 * <p>The journal, {@code journal.jsonl} in the state folder, has one JSON object per line, each with {@code time} and
 * {@code event}:
 *
 * <pre>
 * start     spec_file
 * accepted  generation, content_hash, trigger (boot: the first start; edit; approve: a guard had refused it), diff (unified
 *           YAML between this spec and the one before)
 * invalid   content_hash, problems
 * refused   content_hash, plan_id, refusals
 * plan      generation, plan_id, trigger (edit, boot, drift, retry, outside), outcome (converged, failed),
 *           duration_us, steps (as the plan has them, each with outcome and duration_us), undone, pending, failures
 * healed    generation, trigger, plan_id: a plan that no edit asked for has made the target as declared again
 * stop
 * </pre>
 *
 * A retry that fails as the one before is not written again.
 */
@NullMarked
package org.nvmftarget.control.reconcile;

import org.jspecify.annotations.NullMarked;
