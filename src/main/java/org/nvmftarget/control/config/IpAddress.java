package org.nvmftarget.control.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.nvmftarget.model.AddressFamily;

/**
 * A numeric unicast or wildcard address in canonical text: IPv4 in dotted decimal, IPv6 as in RFC 5952 with
 * {@code %interface} where link-local.
 */
record IpAddress(AddressFamily adrfam, String text) {

    /** What reading gave: an address, or what is wrong. */
    sealed interface Parsed {}

    record Good(IpAddress address) implements Parsed {}

    record Bad(String message, Optional<String> hint) implements Parsed {}

    private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9._-]{1,15}");

    static Parsed parse(String text) {
        if (DOTTED.matcher(text).matches()) {
            return ipv4(text);
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            return bad(text, "write it without brackets: " + text.substring(1, text.length() - 1));
        }
        int percent = text.indexOf('%');
        String address = percent < 0 ? text : text.substring(0, percent);
        if (!COLONS.matcher(address).matches()) {
            return bad(text, "names are not looked up: write the address itself, as in 10.0.0.1 or fd00::1");
        }
        return ipv6(text, address, percent < 0 ? Optional.empty() : Optional.of(text.substring(percent + 1)));
    }

    private static Parsed ipv4(String text) {
        int first = -1;
        for (String part : text.split("\\.")) {
            if (part.length() > 1 && part.startsWith("0")) {
                return bad(text, "a leading zero is refused: some read it as octal");
            }
            int octet = Integer.parseInt(part);
            if (octet > 255) {
                return bad(text, "each part is 0 to 255");
            }
            first = first < 0 ? octet : first;
        }
        return first >= 224 || (first == 0 && !text.equals("0.0.0.0"))
                ? new Bad(Wording.quoted(text) + " is no address that a host can connect to", Optional.empty())
                : new Good(new IpAddress(AddressFamily.IPV4, text));
    }

    private static Parsed ipv6(String text, String address, Optional<String> scope) {
        InetAddress parsed;
        try {
            parsed = Inet6Address.ofLiteral(address);
        } catch (IllegalArgumentException notAnAddress) {
            return new Bad(Wording.quoted(text) + " is not a numeric address", Optional.empty());
        }
        byte[] bytes = parsed.getAddress();
        if (bytes.length == 4) {
            return bad(text, "write the IPv4 address itself: " + parsed.getHostAddress());
        }
        if (parsed.isMulticastAddress()) {
            return new Bad(Wording.quoted(text) + " is no address that a host can connect to", Optional.empty());
        }
        if (parsed.isLinkLocalAddress() != scope.isPresent()) {
            return new Bad(
                    parsed.isLinkLocalAddress()
                            ? "a link-local address needs its interface"
                            : "only a link-local address has an interface",
                    Optional.of(parsed.isLinkLocalAddress() ? "write " + text + "%eth0" : "write " + address));
        }
        if (scope.isPresent() && !INTERFACE.matcher(scope.get()).matches()) {
            return new Bad(Wording.quoted(scope.get()) + " is not the name of an interface", Optional.empty());
        }
        return new Good(new IpAddress(
                AddressFamily.IPV6,
                canonical(bytes) + scope.map(name -> "%" + name).orElse("")));
    }

    private static Bad bad(String text, String hint) {
        return new Bad(Wording.quoted(text) + " is not a numeric address", Optional.of(hint));
    }

    /** RFC 5952, section 4: lower case, no leading zeros, the first longest run of two or more zero groups as ::. */
    private static String canonical(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                out.append("::");
                i += runLength - 1;
                continue;
            }
            if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }
}
