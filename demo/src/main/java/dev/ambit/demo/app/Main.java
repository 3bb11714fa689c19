package dev.ambit.demo.app;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Plays the part its first argument names. Ends by signal. */
public final class Main {

    private static final String PARTS = "productpage, details, reviews, ratings or client";

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String part = args.length == 0 ? "" : args[0];
        Settings settings;
        try {
            settings = Settings.of(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        switch (part) {
            case "productpage" -> serve(BookService.productpage(settings), settings);
            case "details" -> serve(BookService.details(settings), settings);
            case "reviews" -> serve(BookService.reviews(settings), settings);
            case "ratings" -> serve(BookService.ratings(settings), settings);
            case "client" -> client(settings);
            default -> {
                System.err.println("part: " + part + " (expected: " + PARTS + ")");
                System.exit(2);
            }
        }
    }

    private static void serve(BookService service, Settings settings)
            throws IOException, InterruptedException {
        HttpServer server = HttpServer.listen(null, settings.port(), service);
        HttpServer.listen(
                settings.loopback(),
                settings.controlPort(),
                request ->
                        HttpServer.Answer.text(
                                200,
                                "connections %d\nrequests %d\nfailed %d\n"
                                        .formatted(
                                                server.connections(),
                                                server.requests(),
                                                service.failed())));
        System.out.println(settings.pod() + " listens on " + server.port());
        new CountDownLatch(1).await();
    }

    private static void client(Settings settings) throws IOException, InterruptedException {
        TrafficClient client = new TrafficClient(settings);
        HttpServer control = HttpServer.listen(settings.loopback(), settings.controlPort(), client);
        System.out.println(settings.pod() + " takes orders on " + control.port());
        client.run(new CountDownLatch(1));
    }
}
