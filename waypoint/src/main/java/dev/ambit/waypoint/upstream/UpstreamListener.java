package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.ProxyError;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/** The events of one request at one destination, on the loop, in the order of the answer. */
public interface UpstreamListener {

    /** The way is open; the request may be written. */
    void opened(UpstreamStream stream);

    /** Informational answers and the final one. */
    void response(HttpResponse head);

    /** Owns the content. A LastHttpContent ends the answer and every event. */
    void content(HttpContent content);

    /** A batch of events is over: flush. */
    void readComplete();

    /** The stream takes more, or no more. */
    void writabilityChanged();

    /** Ends every event, instead of the last content. */
    void failed(ProxyError error);
}
