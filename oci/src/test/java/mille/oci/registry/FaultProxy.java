package mille.oci.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/** A loopback server in front of a registry: passes requests on, answers them itself, or spoils the answer. One request a connection. */
final class FaultProxy implements AutoCloseable {

    /** What happens to a request. */
    sealed interface Action {
        record Pass() implements Action {}

        /** Passes on after the request's head was changed. */
        record PassChanged(UnaryOperator<String> change) implements Action {}

        /** Answers itself; {@code headers} are lines that end in CRLF. */
        record Answer(int status, String headers, String body) implements Action {}

        /** Closes the connection without a word. */
        record HangUp() implements Action {}

        /**
         * Passes so many bytes of the body, and closes the connection once it may: the client drops what it has received and not yet
         * read, so a test that counts on bytes must have read them.
         */
        record CutAfter(int bodyBytes, CountDownLatch permission) implements Action {}

        /** Passes so many bytes of the body, then nothing until the proxy is closed. */
        record StallAfter(int bodyBytes) implements Action {}

        /** Flips a bit of the body's byte. */
        record Corrupt(int bodyByte) implements Action {}
    }

    /** Decides on each request. */
    interface Rule {
        /**
         * @param head request line and headers, with CRLFs
         * @param number how many requests with the same request line came before
         */
        Action on(String head, int number);
    }

    private final ServerSocket listener;
    private final int upstreamPort;
    private final Rule rule;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    FaultProxy(int upstreamPort, Rule rule) throws IOException {
        this.upstreamPort = upstreamPort;
        this.rule = rule;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    String host() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** The heads of all requests so far whose request line contains the text. */
    List<String> requests(String text) {
        return heads.stream().filter(head -> requestLine(head).contains(text)).toList();
    }

    static String requestLine(String head) {
        return head.substring(0, head.indexOf('\r'));
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = readHead(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            int number = requests(requestLine(head)).size();
            heads.add(head);
            OutputStream out = client.getOutputStream();
            switch (rule.on(head, number)) {
                case Action.HangUp _ -> {}
                case Action.Pass _ -> pass(head, out, Integer.MAX_VALUE, -1);
                case Action.PassChanged changed -> pass(changed.change().apply(head), out, Integer.MAX_VALUE, -1);
                case Action.CutAfter cut -> {
                    pass(head, out, cut.bodyBytes(), -1);
                    cut.permission().await();
                }
                case Action.StallAfter stall -> {
                    pass(head, out, stall.bodyBytes(), -1);
                    closed.await();
                }
                case Action.Corrupt corrupt -> pass(head, out, Integer.MAX_VALUE, corrupt.bodyByte());
                case Action.Answer answer -> {
                    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                    out.write(("HTTP/1.1 " + answer.status() + " X\r\n" + answer.headers() + "Content-Length: "
                                    + body.length + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
                    out.write(body);
                }
            }
        } catch (IOException e) {
            // The client went away, or the test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(String head, OutputStream out, int maxBodyBytes, int corruptByte) throws IOException {
        try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), upstreamPort)) {
            String single = head.replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
            upstream.getOutputStream().write(single.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = upstream.getInputStream();
            out.write(readHead(in).getBytes(StandardCharsets.ISO_8859_1));
            byte[] body = in.readNBytes(maxBodyBytes);
            if (corruptByte >= 0 && corruptByte < body.length) {
                body[corruptByte] ^= 1;
            }
            out.write(body);
            out.flush();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int seen = 0;
        while (seen < 4) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
            seen = next == "\r\n\r\n".charAt(seen) ? seen + 1 : next == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
