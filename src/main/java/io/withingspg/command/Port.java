package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The web door's port, before it is opened. */
final class Port {
    private Port() {}

    /** Before anything else starts: a port in use is the most common mistake, and should cost no start-up. */
    static void requireFree(Settings.Web web, String setting) {
        if (!isFree(web)) {
            throw new ConfigurationException("port " + web.port() + " of " + web.host()
                    + " cannot be listened on: stop what uses it, or choose another with " + setting);
        }
    }

    static boolean isFree(Settings.Web web) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(web.host(), web.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
