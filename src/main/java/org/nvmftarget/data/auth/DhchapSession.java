package org.nvmftarget.data.auth;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import javax.crypto.spec.DHParameterSpec;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AuthMessage;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;

/**
 * The subsystem's side of the conversations that one queue has by DH-HMAC-CHAP (NVMe Base specification 2.0, section
 * 8.13.5), one after the other: what the host sends, and what it receives. One thread at a time; both calls may compute
 * for tens of milliseconds.
 */
public final class DhchapSession {

    /** Where the conversation is: by what comes next. */
    public enum State {
        /** The host begins, by AUTH_Negotiate. */
        NEGOTIATE,
        /** The host receives the challenge. */
        CHALLENGE,
        /** The host replies. */
        REPLY,
        /** The host, whose reply is right, receives that it is. */
        SUCCESS1,
        /** The host says that the response to its own challenge is right. */
        SUCCESS2,
        /** The host receives why it failed. */
        FAILURE1,
        /** The host has proven itself; it may begin anew. */
        COMPLETED,
        /** Failed for good. */
        ERROR
    }

    /** What holds for a conversation, from its beginning to its end. */
    public record Terms(HostSecrets secrets, HostKeys keys) {}

    private static final byte[] NONE = {};

    private final String hostnqn;
    private final String subnqn;
    private final Supplier<Optional<Terms>> terms;
    private final SecureRandom random;
    private final IntSupplier seqnums;

    private State state = State.NEGOTIATE;
    private int explanation;
    private int tid;
    private @Nullable Terms agreed;
    private @Nullable DhchapDigest digest;
    private @Nullable DhchapGroup group;
    private @Nullable DhExchange exchange;
    private int seqnum;
    private byte[] challenge = NONE;
    private byte[] response = NONE;

    /**
     * @param terms what holds now; empty if the host has no keys any more
     * @param seqnums numbers of challenges: never 0, and none twice in a row
     */
    public DhchapSession(
            String hostnqn, String subnqn, Supplier<Optional<Terms>> terms, SecureRandom random, IntSupplier seqnums) {
        this.hostnqn = hostnqn;
        this.subnqn = subnqn;
        this.terms = terms;
        this.random = random;
        this.seqnums = seqnums;
    }

    public State state() {
        return state;
    }

    public Optional<DhchapDigest> digest() {
        return Optional.ofNullable(digest);
    }

    public Optional<DhchapGroup> group() {
        return Optional.ofNullable(group);
    }

    /** Why it failed: as AUTH_Failure1 says it. */
    public int explanation() {
        return explanation;
    }

    /** The conversation took too long; one that was to renew what holds already is forgotten. */
    public void expire(boolean renewal) {
        forget();
        state = renewal ? State.COMPLETED : State.ERROR;
    }

    // What the host sends

    /** A message of the host; what is wrong with it is for the host to receive. */
    public void send(byte[] bytes) {
        MemorySegment m = MemorySegment.ofArray(bytes);
        if (bytes.length < AuthMessage.HEADER_BYTES) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
            return;
        }
        switch (AuthMessage.type(m) << 8 | AuthMessage.id(m)) {
            case AuthMessage.TYPE_COMMON << 8 | AuthMessage.ID_NEGOTIATE -> negotiate(m);
            case AuthMessage.TYPE_DHCHAP << 8 | AuthMessage.ID_REPLY -> reply(m);
            case AuthMessage.TYPE_DHCHAP << 8 | AuthMessage.ID_SUCCESS2 -> success2(m);
            case AuthMessage.TYPE_COMMON << 8 | AuthMessage.ID_FAILURE2 -> failure2(m);
            default -> fail(AuthMessage.INCORRECT_MESSAGE);
        }
    }

    private void fail(int why) {
        forget();
        if (state != State.ERROR) {
            state = State.FAILURE1;
            explanation = why;
        }
    }

    private void negotiate(MemorySegment m) {
        if (state != State.NEGOTIATE && state != State.COMPLETED) {
            fail(AuthMessage.INCORRECT_MESSAGE);
            return;
        }
        digest = null;
        group = null;
        tid = AuthMessage.tid(m);
        Optional<AuthMessage.Negotiate> decoded = AuthMessage.Negotiate.decode(m);
        agreed = terms.get().orElse(null);
        if (decoded.isEmpty()) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
        } else if (agreed == null) {
            fail(AuthMessage.FAILED);
        } else if (decoded.get().scc() != 0) {
            fail(AuthMessage.CONCATENATION_MISMATCH);
        } else if (decoded.get().protocols().isEmpty()) {
            fail(AuthMessage.PROTOCOL_UNUSABLE);
        } else {
            agree(decoded.get().protocols().getFirst(), agreed.keys());
        }
    }

    /** On the strongest that both have. */
    private void agree(AuthMessage.Dhchap offered, HostKeys keys) {
        List<DhchapDigest> digests = keys.digests().stream()
                .filter(d -> offered.hashes().contains(Hashes.id(d)))
                .toList();
        List<DhchapGroup> groups = keys.dhgroups().stream()
                .filter(g -> offered.groups().contains(DhGroups.id(g)))
                .toList();
        if (digests.isEmpty()) {
            fail(AuthMessage.HASH_UNUSABLE);
        } else if (groups.isEmpty()) {
            fail(AuthMessage.DHGROUP_UNUSABLE);
        } else {
            digest = digests.getLast();
            group = groups.getLast();
            state = State.CHALLENGE;
        }
    }

    private void reply(MemorySegment m) {
        Terms holding = agreed;
        DhchapDigest hash = digest;
        if (state != State.REPLY || holding == null || hash == null) {
            fail(AuthMessage.INCORRECT_MESSAGE);
            return;
        }
        Optional<AuthMessage.Reply> reply = AuthMessage.Reply.decode(m).filter(r -> isWellFormed(r, hash));
        if (reply.isEmpty()) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
            return;
        }
        DhExchange begun = exchange;
        Optional<byte[]> secret =
                begun == null ? Optional.of(NONE) : begun.secret(reply.get().dhValue());
        if (secret.isEmpty()) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
            return;
        }
        judge(reply.get(), holding.secrets(), hash, secret.get());
        Arrays.fill(secret.get(), (byte) 0);
    }

    private boolean isWellFormed(AuthMessage.Reply reply, DhchapDigest hash) {
        boolean asks = reply.cvalid() == 1 && reply.seqnum() != 0;
        return reply.tid() == tid
                && reply.rval().length == Hashes.bytes(hash)
                && (reply.dhValue().length == 0) == (exchange == null)
                && (asks || reply.cvalid() == 0);
    }

    private void judge(AuthMessage.Reply reply, HostSecrets secrets, DhchapDigest hash, byte[] secret) {
        byte[] expected = DhchapMath.response(
                DhchapMath.Role.HOST, hash, secrets.host().key(), hostnqn, subnqn, tid, seqnum, challenge, secret);
        boolean right = MessageDigest.isEqual(expected, reply.rval());
        Arrays.fill(expected, (byte) 0);
        boolean asks = reply.cvalid() == 1;
        if (!right || (asks && secrets.ctrlr().isEmpty())) {
            fail(AuthMessage.FAILED);
            return;
        }
        response = asks
                ? DhchapMath.response(
                        DhchapMath.Role.CONTROLLER,
                        hash,
                        secrets.ctrlr().orElseThrow().key(),
                        subnqn,
                        hostnqn,
                        tid,
                        reply.seqnum(),
                        reply.cval(),
                        secret)
                : NONE;
        exchange = null;
        challenge = NONE;
        state = State.SUCCESS1;
    }

    private void success2(MemorySegment m) {
        if (state != State.SUCCESS2) {
            fail(AuthMessage.INCORRECT_MESSAGE);
        } else if (AuthMessage.Success2.decode(m).filter(s -> s.tid() == tid).isEmpty()) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
        } else {
            complete();
        }
    }

    /** The host does not trust this subsystem, or could do nothing with its challenge: it will go. */
    private void failure2(MemorySegment m) {
        Optional<AuthMessage.Failure> failure = AuthMessage.Failure.decode(m).filter(f -> f.tid() == tid);
        if (state != State.SUCCESS2 && state != State.REPLY) {
            fail(AuthMessage.INCORRECT_MESSAGE);
        } else if (failure.isEmpty()) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
        } else {
            explanation = failure.get().explanation();
            forget();
            state = State.ERROR;
        }
    }

    private void complete() {
        forget();
        state = State.COMPLETED;
    }

    private void forget() {
        exchange = null;
        agreed = null;
        challenge = NONE;
        response = NONE;
    }

    // What the host receives

    /** @param mostBytes room for the message, at least {@link AuthMessage.Failure#BYTES} */
    public byte[] receive(int mostBytes) {
        Optional<byte[]> message = switch (state) {
            case CHALLENGE -> challenge(mostBytes);
            case SUCCESS1 -> success1(mostBytes);
            case FAILURE1, ERROR -> Optional.empty();
            case NEGOTIATE, REPLY, SUCCESS2, COMPLETED -> {
                fail(AuthMessage.INCORRECT_MESSAGE);
                yield Optional.empty();
            }
        };
        return message.orElseGet(() -> {
            state = State.ERROR;
            return new AuthMessage.Failure(tid, explanation).encode();
        });
    }

    private Optional<byte[]> challenge(int mostBytes) {
        DhchapDigest hash = digest;
        DhchapGroup with = group;
        if (hash == null || with == null) {
            throw new IllegalStateException("a challenge before the negotiation");
        }
        Optional<DHParameterSpec> spec = DhGroups.spec(with);
        DhExchange begun = spec.map(DhExchange::begin).orElse(null);
        byte[] cval = new byte[Hashes.bytes(hash)];
        random.nextBytes(cval);
        int number = seqnums.getAsInt();
        byte[] message = new AuthMessage.Challenge(
                        tid,
                        Hashes.id(hash),
                        DhGroups.id(with),
                        number,
                        cval,
                        begun == null ? NONE : begun.publicValue())
                .encode();
        if (message.length > mostBytes) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
            return Optional.empty();
        }
        exchange = begun;
        challenge = cval;
        seqnum = number;
        state = State.REPLY;
        return Optional.of(message);
    }

    private Optional<byte[]> success1(int mostBytes) {
        DhchapDigest hash = digest;
        if (hash == null) {
            throw new IllegalStateException("success before the negotiation");
        }
        byte[] message = new AuthMessage.Success1(tid, Hashes.bytes(hash), response).encode();
        if (message.length > mostBytes) {
            fail(AuthMessage.INCORRECT_PAYLOAD);
            return Optional.empty();
        }
        if (response.length == 0) {
            complete();
        } else {
            state = State.SUCCESS2;
        }
        return Optional.of(message);
    }
}
