package org.nvmftarget.control.render;

import java.time.Duration;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ObjectNode;

/** Canonical YAML: it reads back to an equal state, and is the same text for equal states. */
public final class SpecYaml {
    private SpecYaml() {}

    /** A target alone, as {@code export} prints it. */
    public static String render(TargetConfig config) {
        ObjectNode document = document();
        SpecTree.addConfig(document, config);
        return Formats.yaml(document);
    }

    /** A whole spec. */
    public static String render(DesiredState state) {
        ObjectNode document = document();
        SpecTree.addConfig(document, state.target());
        addSettings(document, state);
        return Formats.yaml(document);
    }

    /** What differs from the defaults. */
    static void addSettings(ObjectNode document, DesiredState state) {
        addReconcile(document, state.reconcile());
        if (!state.log().equals(DesiredState.Log.DEFAULTS)) {
            ObjectNode log = document.putObject("log");
            log.put("level", state.log().level());
            if (!state.log().flags().isEmpty()) {
                state.log().flags().forEach(log.putArray("flags")::add);
            }
        }
        if (!state.rpc().equals(DesiredState.Rpc.DEFAULTS)) {
            ObjectNode rpc = document.putObject("rpc");
            state.rpc().group().ifPresent(group -> rpc.put("group", group));
            rpc.put("mode", String.format("%04o", state.rpc().mode()));
        }
    }

    private static ObjectNode document() {
        ObjectNode document = Formats.object();
        document.put("version", 1);
        return document;
    }

    private static void addReconcile(ObjectNode document, DesiredState.Reconcile reconcile) {
        DesiredState.Reconcile usual = DesiredState.Reconcile.DEFAULTS;
        if (!reconcile.equals(usual)) {
            ObjectNode node = document.putObject("reconcile");
            put(node, "resync", reconcile.resync(), usual.resync());
            put(node, "pause_timeout", reconcile.pauseTimeout(), usual.pauseTimeout());
            put(node, "settle", reconcile.settle(), usual.settle());
            if (reconcile.maxDeletionsPercent() != usual.maxDeletionsPercent()) {
                node.put("max_deletions", reconcile.maxDeletionsPercent() + "%");
            }
            if (reconcile.onActive() != usual.onActive()) {
                node.put("on_active", reconcile.onActive().key());
            }
        }
    }

    private static void put(ObjectNode node, String key, Duration value, Duration usual) {
        if (!value.equals(usual)) {
            long ms = value.toMillis();
            node.put(key, ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms");
        }
    }
}
