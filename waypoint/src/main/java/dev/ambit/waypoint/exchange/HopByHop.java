package dev.ambit.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields that concern one connection and are not passed on (RFC 9110 section 7.6.1). Framing is not
 * among them here: the codecs on both sides write it anew.
 */
final class HopByHop {

    private HopByHop() {}

    static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            List<String> named = new ArrayList<>(2);
            for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
                for (String name : value.split(",")) {
                    named.add(name.strip());
                }
            }
            headers.remove(HttpHeaderNames.CONNECTION);
            for (String name : named) {
                if (!name.isEmpty() && !isFraming(name)) {
                    headers.remove(name);
                }
            }
        }
        headers.remove("keep-alive");
        headers.remove("proxy-connection");
        headers.remove("http2-settings");
        headers.remove(HttpHeaderNames.TE);
        headers.remove(HttpHeaderNames.UPGRADE);
    }

    /** A sender may not talk us out of how long its message is, nor of whom it is for. */
    private static boolean isFraming(String name) {
        return HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.HOST.contentEqualsIgnoreCase(name);
    }
}
