package io.withingspg.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Requests byte for byte: Java's own client does not let one choose {@code Host}, nor send half of one. */
final class Wire {
    private Wire() {}

    /** What came back; status 0 where the connection ended without an answer. */
    record Reply(int status, List<String> headers, String body) {
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        /** {@code name=value} of the cookie that is set. */
        String cookie() {
            return header("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
        }
    }

    static Socket connect(Rig rig) throws IOException {
        var socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(rig.url()).getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    static String authority(Rig rig) {
        return URI.create(rig.url()).getAuthority();
    }

    /** A GET under our own name. */
    static Reply get(Rig rig, String path, String... headers) {
        return send(rig, "GET", path, authority(rig), "", headers);
    }

    /** A POST of a form under our own name. */
    static Reply post(Rig rig, String path, String form, String... headers) {
        return send(rig, "POST", path, authority(rig), form, headers);
    }

    /** @param headers lines such as {@code Origin: http://localhost} */
    static Reply send(Rig rig, String method, String path, String host, String body, String... headers) {
        var lines = new ArrayList<String>();
        lines.add(method + " " + path + " HTTP/1.1");
        lines.add("Host: " + host);
        lines.add("Connection: close");
        if (!method.equals("GET")) {
            lines.add("Content-Type: application/x-www-form-urlencoded");
            lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
        }
        lines.addAll(List.of(headers));
        return raw(rig, String.join("\r\n", lines) + "\r\n\r\n" + body);
    }

    static Reply raw(Rig rig, String request) {
        try (var socket = connect(rig)) {
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // Refused before all of it was sent: the answer is there all the same.
            }
            return read(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the other side ends the connection, as it comes. */
    static String readAll(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(bytes);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // Reset: what came before counts.
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The only reply of a connection, once the other side has ended it. */
    static Reply read(Socket socket) throws IOException {
        var text = readAll(socket);
        var end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Reply(0, List.of(), text);
        }
        var head = text.substring(0, end).lines().toList();
        var reply = new Reply(
                Integer.parseInt(head.getFirst().substring(9, 12)),
                head.subList(1, head.size()),
                text.substring(end + 4));
        return reply.header("Transfer-Encoding").isPresent()
                ? new Reply(reply.status(), reply.headers(), joined(reply.body()))
                : reply;
    }

    /** Of a body that came in pieces, each after a line with its length. */
    private static String joined(String pieces) {
        var body = pieces.getBytes(StandardCharsets.UTF_8);
        var joined = new ByteArrayOutputStream();
        for (var at = 0; at < body.length; ) {
            var line = new String(body, at, Math.min(12, body.length - at), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("0");
            var length = Integer.parseInt(line, 16);
            joined.write(body, at + line.length() + 2, length);
            at = length == 0 ? body.length : at + line.length() + 2 + length + 2;
        }
        return joined.toString(StandardCharsets.UTF_8);
    }
}
