package org.nvmftarget.cli;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a status means for whoever asked.
 *
 * @param isFinal waiting longer changes nothing unless somebody acts
 */
record StatusVerdict(int exitCode, String headline, boolean isFinal) {

    /**
     * Judges {@code nvmf_target_get_status}'s result.
     *
     * @param wanted the content hash of the one text that counts; empty if any will do
     */
    static StatusVerdict of(JsonNode status, Optional<String> wanted) {
        String candidate = status.path("candidate").path("content_hash").asString("");
        String outcome = status.path("candidate").path("outcome").asString("accepted");
        boolean concerns = wanted.isEmpty() || wanted.get().equals(candidate);
        boolean latched = wanted.isPresent() && concerns;
        if (concerns && outcome.equals("refused")) {
            return new StatusVerdict(ExitCode.REFUSED, "Refused: what was accepted before is served", latched);
        }
        if (concerns && outcome.equals("invalid")) {
            return new StatusVerdict(
                    ExitCode.ERROR,
                    "Not converged: the file is not valid; what was accepted before is served",
                    latched);
        }
        if (concerns && outcome.equals("settling")) {
            return notYet("the file waits until its bytes have been still long enough");
        }
        if (wanted.isPresent()
                && !wanted.get().equals(status.path("accepted_hash").asString())) {
            return notYet("this text is not what is accepted");
        }
        if (!isTrue(status, "Converged")) {
            return notYet("the target is not as accepted");
        }
        return new StatusVerdict(
                ExitCode.OK,
                status.path("pending").isEmpty()
                        ? "Converged: the target is as declared"
                        : "Converged, but for what is pending",
                true);
    }

    private static StatusVerdict notYet(String why) {
        return new StatusVerdict(ExitCode.ERROR, "Not converged: " + why, false);
    }

    private static boolean isTrue(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asString().equals(type)) {
                return condition.path("status").asBoolean();
            }
        }
        return false;
    }
}
