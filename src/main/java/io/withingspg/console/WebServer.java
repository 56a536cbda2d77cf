package io.withingspg.console;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.Main;

/**
 * The server behind all {@code platform-http:} routes. Ours and not the one of {@code camel.server.enabled}, which has
 * no setting for times, connections and what must be true of every request.
 */
public final class WebServer implements AutoCloseable {
    private static final int BODY_BYTES_MAX = 64 * 1024;
    private static final int REQUEST_LINE_BYTES_MAX = 4 * 1024;
    private static final int HEADERS_BYTES_MAX = 8 * 1024;
    /** Consents being finished hold one each, while they wait for Withings. */
    private static final int REQUESTS_AT_ONCE_MAX = 64;
    /** Longer than it takes to exchange a consent's code and to greet the person; ends what nobody reads. */
    private static final Duration SILENCE_MAX = Settings.Calls.EXCHANGE_MAX.plusMinutes(1);

    /** How long somebody may still send after a refusal. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final String HEALTH_AND_METRICS = "/observe/";

    private final Settings.Web web;
    private final boolean httpsByDefault;
    private final OwnNames names;
    private final Connections connections = new Connections();
    private final Vertx vertx;
    private final Router router;

    /** @param callback where people come back to: the address that the outside knows us by */
    public WebServer(Settings.Web web, URI callback) {
        this.web = web;
        this.httpsByDefault = isHttps(callback);
        this.names = new OwnNames(web, callback);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setWorkerPoolSize(REQUESTS_AT_ONCE_MAX)
                .setMaxWorkerExecuteTime(SILENCE_MAX.toSeconds())
                .setMaxWorkerExecuteTimeUnit(TimeUnit.SECONDS)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        this.router = Router.router(vertx);
        var body = BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX).setMergeFormAttributes(false);
        router.route().handler(this::dress).failureHandler(WebServer::failed);
        router.route().handler(this::check);
        router.route().handler(body);
        router.route().handler(this::complete);
        router.errorHandler(404, WebServer::failed);
        router.errorHandler(405, WebServer::failed);
    }

    static boolean isHttps(URI callback) {
        return "https".equals(callback.getScheme());
    }

    /** Before Camel starts: its routes find the router by this name. */
    public void bindTo(Main camel) {
        var configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindPort(web.port());
        camel.bind("web-server", configuration);
        var name = VertxPlatformHttpRouter.getRouterNameFromPort(web.port());
        camel.bind(name, new VertxPlatformHttpRouter(null, vertx, router, name));
    }

    /**
     * Once all routes are there.
     *
     * @throws ConfigurationException if the port is taken
     */
    public void listen() {
        var options = new HttpServerOptions()
                .setHost(web.host())
                .setPort(web.port())
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setMaxFormAttributeSize(HEADERS_BYTES_MAX)
                .setHttp2ClearTextEnabled(false) // many requests over one connection would slip through its bounds
                .setIdleTimeout((int) SILENCE_MAX.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
        try {
            vertx.createHttpServer(options)
                    .connectionHandler(connections::opened)
                    .requestHandler(router)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new ConfigurationException("port " + web.port() + " of " + web.host()
                    + " cannot be listened on: stop what uses it, or choose another with HTTP_PORT");
        }
        vertx.setPeriodic(1_000, _ -> connections.closeOverdue());
    }

    /** Whatever is answered, by whomever: nothing of it is kept, framed, sniffed or loaded from elsewhere. */
    private void dress(RoutingContext context) {
        var headers = context.response().headers();
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Security-Policy", WebPage.policy("'none'", false));
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        if (httpsByDefault || new Caller(context.request()).byHttps()) {
            headers.set("Strict-Transport-Security", "max-age=31536000");
        }
        context.next();
    }

    private void check(RoutingContext context) {
        var caller = new Caller(context.request());
        var toAnyone = context.normalizedPath().startsWith(HEALTH_AND_METRICS);
        if (!toAnyone
                && (!names.contain(caller.name()) || !context.request().uri().startsWith("/"))) {
            refuse(context, Refusal.notOurName(caller.name()));
        } else if (!caller.onlyReads() && !names.areBehind(caller)) {
            refuse(context, Refusal.notOurPage());
        } else {
            context.next();
        }
    }

    private void complete(RoutingContext context) {
        var connection = context.request().connection();
        connections.answering(connection);
        context.addEndHandler(_ -> connections.answered(connection));
        context.next();
    }

    private static void failed(RoutingContext context) {
        if (!context.response().headWritten() && !context.response().closed()) {
            refuse(context, Refusal.of(context.statusCode()));
        }
    }

    /** What is left of the request is not read. */
    private static void refuse(RoutingContext context, Refusal page) {
        var response = context.response();
        if (!context.request().isEnded()) {
            response.putHeader("Connection", "close");
            // Not at once: a reset could overtake the answer.
            context.vertx()
                    .setTimer(
                            LINGER.toMillis(),
                            _ -> context.request().connection().close());
        }
        page.answer(response, Refusal.isForProgram(context.normalizedPath()));
    }

    /** Ends all connections. */
    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
