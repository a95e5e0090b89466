package org.nvmftarget.control.render;

import org.nvmftarget.control.plan.DataEffect;
import org.nvmftarget.control.plan.Disruption;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.control.plan.Refusal;

/** A plan for people: diff, numbered steps, what waits, what is refused, one line of summary. */
public final class PlanText {
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final StringBuilder text = new StringBuilder();
    private final boolean colour;

    private PlanText(boolean colour) {
        this.colour = colour;
    }

    /**
     * The text, with a newline at its end.
     *
     * @param colour with ANSI colours, for a terminal
     */
    public static String render(Plan plan, boolean colour) {
        PlanText text = new PlanText(colour);
        text.diff(ConfigDiff.of(plan));
        text.steps(plan);
        plan.pending().forEach(text::pending);
        plan.refused().forEach(refusal -> text.refusal(refusal, plan.planId()));
        text.line(BOLD, summary(plan));
        return text.text.toString();
    }

    /** The plan in one line: the last one of the text. */
    public static String summary(Plan plan) {
        return Summary.of(plan).line(plan);
    }

    private void diff(String diff) {
        diff.lines().forEach(line -> line(colourOf(line), line));
        blankLine();
    }

    private static String colourOf(String line) {
        if (line.startsWith("---") || line.startsWith("+++")) {
            return BOLD;
        }
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> GREEN;
            case '-' -> RED;
            case '@' -> CYAN;
            default -> "";
        };
    }

    private void steps(Plan plan) {
        int width = Integer.toString(plan.steps().size()).length();
        for (PlanStep step : plan.steps()) {
            String number = " ".repeat(width - Integer.toString(step.number()).length()) + step.number();
            line(colourOf(step), number + ". " + StepText.render(step.step()) + StepText.notes(step));
        }
        blankLine();
    }

    private static String colourOf(PlanStep step) {
        if (step.data() == DataEffect.LOST || step.disruption().compareTo(Disruption.DISCONNECT) >= 0) {
            return RED;
        }
        return step.disruption() == Disruption.NONE ? "" : YELLOW;
    }

    private void pending(Pending pending) {
        line(YELLOW, "Pending: " + pending.object() + ": " + pending.reason());
    }

    private void refusal(Refusal refusal, String planId) {
        line(RED, "Refused by '" + refusal.guard() + "': " + refusal.message());
        if (refusal.approvable()) {
            line("", "  to consent: nvmf-target approve " + planId);
        }
    }

    /** Between parts, never twice and never first. */
    private void blankLine() {
        int end = text.length();
        if (end > 1 && text.charAt(end - 2) != '\n') {
            text.append('\n');
        }
    }

    private void line(String style, String line) {
        boolean styled = colour && !style.isEmpty();
        text.append(styled ? style : "")
                .append(line)
                .append(styled ? PLAIN : "")
                .append('\n');
    }
}
