package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's {@code docker-registry} on a free loopback port, without passwords, for as long as a test needs it. */
public final class LoopbackRegistry implements Closeable {
    private static final int ATTEMPTS = 600;
    private static final int PAUSE_MS = 50;

    private final Process process;
    private final String address;

    private LoopbackRegistry(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param directory for its storage, its configuration and its log
     */
    public static LoopbackRegistry start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int port = freePort();
        Path config =
                Files.writeString(directory.resolve("config.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: '%s'}}
                http: {addr: '127.0.0.1:%d'}
                """.formatted(directory.resolve("storage"), port));
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        LoopbackRegistry registry = new LoopbackRegistry(process, "127.0.0.1:" + port);
        for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return registry;
            } catch (IOException notYet) {
                pause();
            }
        }
        registry.close();
        throw new AssertionError("docker-registry doesn't start: " + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while docker-registry started", e);
        }
    }

    /** What the names of its images begin with: {@code 127.0.0.1:PORT}. */
    public String address() {
        return address;
    }

    /**
     * Copies an image here with skopeo.
     *
     * @param source as skopeo names it, such as {@code oci:DIRECTORY:TAG}
     * @param name without the registry's address
     */
    public void push(String source, String name) throws IOException {
        Command.run(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--quiet",
                "--dest-tls-verify=false",
                source,
                "docker://" + address + "/" + name);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
