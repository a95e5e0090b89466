package org.nvmftarget.control.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.control.render.Specs.DISK0;
import static org.nvmftarget.control.render.Specs.quickstart;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.Problem;
import tools.jackson.databind.JsonNode;

class RenderTest {

    private static Plan addListener() {
        Specs desired = quickstart().listener(DISK0, "127.0.0.2");
        return Planner.plan(quickstart().live(), desired.config(), desired.sources(), 7, Map.of());
    }

    @Test
    void aStepCarriesTheKeysOfItsFieldsInJson() {
        JsonNode step = PlanJson.node(addListener()).get("steps").get(1);
        assertEquals(
                "{\"n\":2,\"action\":\"add_listener\",\"subsystem\":\"nqn.2026-11.org.example:disk0\",\"trtype\":\"TCP\","
                        + "\"adrfam\":\"IPv4\",\"traddr\":\"127.0.0.2\",\"trsvcid\":\"4420\",\"disruption\":\"none\",\"data\":\"kept\",\"hosts\":[],\"declared_at\":\"target.yaml:6\",\"reason\":\"declared"
                        + " at target.yaml:6\"}",
                step.toString());
    }

    @Test
    void thePlanInJsonHasTheKeysOfItsFormat() {
        JsonNode plan = PlanJson.node(addListener());
        assertEquals(
                "[format_version, plan_id, accepted_generation, changes, disruption, summary, steps, pending, refused,"
                        + " diff]",
                plan.propertyNames().toString());
        assertEquals(
                "{\"add\":1,\"change\":0,\"remove\":0}", plan.get("summary").toString());
        assertEquals("admin", plan.get("disruption").asString());
    }

    @Test
    void theSamePlanGivesTheSameBytes() {
        assertEquals(PlanJson.render(addListener()), PlanJson.render(addListener()));
    }

    @Test
    void coloursAreOnlyAddedToTheText() {
        String coloured = PlanText.render(addListener(), true);
        assertEquals(PlanText.render(addListener(), false), coloured.replaceAll("\u001b\\[[0-9]*m", ""));
        assertTrue(coloured.contains("\u001b[32m+"), coloured);
    }

    @Test
    void theSpecIsWrittenWithItsIdentities() {
        assertEquals("""
            version: 1
            transports:
              tcp: {}
            bdevs:
              scratch:
                type: malloc
                size: 64MiB
                block_size: 512
                uuid: f776b9b5-4466-88bd-a7f4-faa7ad3cd4d8
            subsystems:
              nqn.2026-11.org.example:disk0:
                serial_number: NT00000000000001
                model_number: nvmf-target
                allow_any_host: true
                namespaces:
                  1:
                    bdev: scratch
                    uuid: cf549ec4-6724-89ca-a122-567f6bcc766f
                listeners:
                  - trtype: tcp
                    traddr: 127.0.0.1
                    trsvcid: 4420
            """, SpecYaml.render(quickstart().config()));
    }

    @Test
    void wordsAndNumbersThatYamlWouldTakeForOthersAreQuoted() {
        Specs specs = new Specs()
                .bdev(new BdevSpec.Null("a", 1L << 40, 4096, Identity.bdevUuid("null", "a", "")))
                .subsystem(DISK0)
                .serialNumber(DISK0, "0012");
        String yaml = SpecYaml.render(specs.config());
        assertTrue(yaml.contains("type: \"null\"\n    size: 1TiB\n"), yaml);
        assertTrue(yaml.contains("serial_number: \"0012\"\n"), yaml);
    }

    @Test
    void settingsOfTheProgramAreWrittenWhereTheyDiffer() {
        DesiredState state = new DesiredState(
                new Specs().config(),
                new DesiredState.Reconcile(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1500),
                        0,
                        DesiredState.OnActive.PROCEED),
                new DesiredState.Log("debug", List.of("nvmf_rdma")),
                new DesiredState.Rpc(Optional.of("telegraf"), 0660));
        assertEquals("""
            version: 1
            reconcile:
              settle: 1500ms
              max_deletions: 0%
              on_active: proceed
            log:
              level: debug
              flags:
                - nvmf_rdma
            rpc:
              group: telegraf
              mode: "0660"
            """, SpecYaml.render(state));
    }

    private static Problem problem(int line) {
        return new Problem(
                "target.yaml",
                line,
                3,
                "transports.tpc",
                "unknown key",
                Optional.of("did you mean 'tcp'?"),
                Optional.of("\t tpc: {}"));
    }

    @Test
    void aProblemShowsItsLineWithACaret() {
        assertEquals("""
            target.yaml:2:3: transports.tpc: unknown key
                \t tpc: {}
                \t ^
                hint: did you mean 'tcp'?
            """, ProblemText.render(List.of(problem(2))));
    }

    @Test
    void aProblemOfTheWholeFileHasNoPosition() {
        assertEquals("""
            target.yaml: transports.tpc: unknown key
                hint: did you mean 'tcp'?
            """, ProblemText.render(List.of(problem(0))));
    }

    @Test
    void aProblemInJsonCarriesTheSame() {
        assertEquals(
                "[{\"file\":\"target.yaml\",\"line\":2,\"column\":3,\"path\":\"transports.tpc\","
                        + "\"message\":\"unknown key\",\"hint\":\"did you mean 'tcp'?\"}]",
                ProblemJson.node(List.of(problem(2))).toString());
    }
}
