package org.nvmftarget.model;

/**
 * Another discovery subsystem that hosts are told of. Its identity is its address.
 *
 * @param subnqn the name that the other one answers to, mostly the well-known one
 * @param secureChannel hosts need TLS to go there
 */
public record Referral(TransportAddress address, Nqn subnqn, boolean secureChannel) {

    /** A referral to the well-known discovery subsystem at {@code address}. */
    public static Referral of(TransportAddress address) {
        return new Referral(address, Nqn.DISCOVERY, false);
    }
}
