package org.nvmftarget.control.imports;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whose configuration it is. */
public enum ImportFormat {
    /** What SPDK's {@code rpc.py save_config} prints. */
    SPDK,
    /** What {@code nvmetcli save} writes of the Linux kernel's target. */
    NVMETCLI;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** @throws IllegalArgumentException if {@code json} is no such configuration; the message says why */
    public Imported read(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage() + place(e), e);
        }
        Ledger ledger = new Ledger();
        Given given = new Given(root, "$", ledger);
        given.register();
        Draft spec = this == SPDK ? SpdkImport.draft(given, ledger) : NvmetImport.draft(given, ledger);
        return new Imported(spec.settle(ledger), ledger.sorted());
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : ", line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
