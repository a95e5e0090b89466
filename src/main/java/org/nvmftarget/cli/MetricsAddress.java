package org.nvmftarget.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 127.0.0.1:9100} or {@code [::1]:9100}: an address, never a name that would have to be looked up. */
final class MetricsAddress implements ITypeConverter<InetSocketAddress> {

    @Override
    public InetSocketAddress convert(String value) {
        int colon = value.lastIndexOf(':');
        try {
            if (colon > 0) {
                String address = value.substring(0, colon);
                boolean bracketed = address.startsWith("[") && address.endsWith("]");
                if (bracketed == address.contains(":")) {
                    return new InetSocketAddress(
                            InetAddress.ofLiteral(bracketed ? address.substring(1, address.length() - 1) : address),
                            Integer.parseInt(value.substring(colon + 1)));
                }
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new TypeConversionException("'" + value + "' is not ADDR:PORT, as in 127.0.0.1:9100 or [::1]:9100");
    }
}
