package org.nvmftarget.data.auth;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.DHParameterSpec;
import org.nvmftarget.model.DhchapGroup;

/**
 * The finite field groups of RFC 7919, appendix A: the generator is 2, and each prime is {@code 2^b - 2^(b-64) +
 * (floor(2^(b-130) e) + X) 2^64 - 1}, which is how they are made here. Private exponents are as long as the appendix asks
 * for at least.
 */
final class DhGroups {
    private DhGroups() {}

    private static final Map<DhchapGroup, DHParameterSpec> SPECS = new EnumMap<>(Map.of(
            DhchapGroup.FFDHE2048, spec(2048, 560_316, 256),
            DhchapGroup.FFDHE3072, spec(3072, 2_625_351, 288),
            DhchapGroup.FFDHE4096, spec(4096, 5_736_041, 352),
            DhchapGroup.FFDHE6144, spec(6144, 15_705_020, 384),
            DhchapGroup.FFDHE8192, spec(8192, 10_965_728, 416)));

    /** Empty for the NULL group. */
    static Optional<DHParameterSpec> spec(DhchapGroup group) {
        return Optional.ofNullable(SPECS.get(group));
    }

    /** By the number that messages have for it (figure "Diffie-Hellman Group Identifiers"). */
    static int id(DhchapGroup group) {
        return switch (group) {
            case NULL -> 0;
            case FFDHE2048 -> 1;
            case FFDHE3072 -> 2;
            case FFDHE4096 -> 3;
            case FFDHE6144 -> 4;
            case FFDHE8192 -> 5;
        };
    }

    private static DHParameterSpec spec(int bits, int x, int exponentBits) {
        BigInteger p = BigInteger.TWO
                .pow(bits)
                .subtract(BigInteger.TWO.pow(bits - 64))
                .add(e(bits - 130).add(BigInteger.valueOf(x)).shiftLeft(64))
                .subtract(BigInteger.ONE);
        return new DHParameterSpec(p, BigInteger.TWO, exponentBits);
    }

    /** {@code floor(2^bits e)}: the sum of {@code 1/n!}, with more digits than are asked for. */
    private static BigInteger e(int bits) {
        int guardBits = 64;
        BigInteger sum = BigInteger.ZERO;
        BigInteger term = BigInteger.ONE.shiftLeft(bits + guardBits);
        for (int n = 1; term.signum() != 0; n++) {
            sum = sum.add(term);
            term = term.divide(BigInteger.valueOf(n));
        }
        return sum.shiftRight(guardBits);
    }
}
