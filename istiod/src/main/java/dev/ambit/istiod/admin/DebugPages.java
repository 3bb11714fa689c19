package dev.ambit.istiod.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ambit.runtime.admin.AdminHandler;
import dev.ambit.runtime.admin.AdminRequest;
import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.runtime.admin.AdminRoutes;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The debug pages: each a supplier of something that becomes JSON. They tell a lot about a mesh, so
 * they answer this machine only, as tools arrive by port-forward, unless told otherwise.
 */
public final class DebugPages implements Consumer<AdminRoutes> {
    private static final String ROOT = "/debug";
    private static final int WAIT_SECONDS = 5;

    /** Supplies what a page shows: maps, lists, text, numbers. */
    @FunctionalInterface
    public interface Page extends Supplier<CompletionStage<?>> {}

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final Map<String, Page> pages = new TreeMap<>();
    private final Map<String, String> titles = new TreeMap<>();
    private final boolean fromAnywhere;

    public DebugPages(boolean fromAnywhere) {
        this.fromAnywhere = fromAnywhere;
    }

    public DebugPages page(String name, String title, Page page) {
        pages.put(name, page);
        titles.put(name, title);
        return this;
    }

    @Override
    public void accept(AdminRoutes routes) {
        routes.get(ROOT, guarded(r -> AdminResponse.html(index())));
        routes.get(ROOT + "/list", guarded(r -> AdminResponse.json(text(titles))));
        pages.forEach(
                (name, page) ->
                        routes.get(
                                ROOT + "/" + name,
                                guarded(r -> AdminResponse.json(text(await(page))))));
    }

    private AdminHandler guarded(AdminHandler handler) {
        return request ->
                fromAnywhere || isLocal(request)
                        ? handler.handle(request)
                        : AdminResponse.text(
                                401,
                                "debug pages answer this machine only: use a port-forward, or start"
                                        + " istiod with AMBIT_DEBUG_FROM=any\n");
    }

    private static boolean isLocal(AdminRequest request) {
        return request.remote().getAddress().isLoopbackAddress();
    }

    private static Object await(Page page) throws InterruptedException, TimeoutException {
        try {
            return page.get().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private String text(Object value) throws JsonProcessingException {
        return json.writeValueAsString(value) + "\n";
    }

    private String index() {
        StringBuilder b = new StringBuilder("<!doctype html><title>istiod</title><h1>istiod</h1>");
        titles.forEach(
                (name, title) ->
                        b.append("<p><a href=\"/debug/")
                                .append(name)
                                .append("\">")
                                .append(name)
                                .append("</a> ")
                                .append(title)
                                .append("</p>"));
        return b.toString();
    }
}
