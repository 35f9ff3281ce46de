package mille.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's {@code docker-registry} on a free loopback port, for as long as a test runs. */
public final class RegistryServer implements AutoCloseable {
    public static final String USER = "someone";
    public static final String PASSWORD = "pass:word";
    /** bcrypt of {@link #PASSWORD}, cost 5. */
    private static final String PASSWORD_HASH = "$2b$05$abcdefghijklmnopqrstuuDIEddBSuRWBBEY6g5zv60IAP5bSSfki";

    /** Whom it lets in. */
    public enum Access {
        EVERYONE,
        WITH_PASSWORD
    }

    private static final int ATTEMPTS = 600;
    private static final int PAUSE_MILLIS = 50;

    private final Process process;
    private final int port;
    private final Access access;

    private RegistryServer(Process process, int port, Access access) {
        this.process = process;
        this.port = port;
        this.access = access;
    }

    /** Starts it with its storage below the directory, and waits until it listens. */
    public static RegistryServer start(Path directory, Access access) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = freePort();
        String config = "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
                + "storage: {filesystem: {rootdirectory: '" + directory.resolve("storage") + "'}}\n"
                + "http: {addr: '127.0.0.1:" + port + "'}\n";
        if (access == Access.WITH_PASSWORD) {
            Path passwords = directory.resolve("passwords");
            Files.writeString(passwords, USER + ":" + PASSWORD_HASH + "\n");
            config += "auth: {htpasswd: {realm: test, path: '" + passwords + "'}}\n";
        }
        Path configFile = directory.resolve("config.yml");
        Files.writeString(configFile, config);
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(List.of("docker-registry", "serve", configFile.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        RegistryServer server = new RegistryServer(process, port, access);
        for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return server;
            } catch (IOException e) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        server.close();
        throw new AssertionError("docker-registry doesn't start: " + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public int port() {
        return port;
    }

    /** {@code 127.0.0.1:port} */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** Copies with skopeo; {@code options} go before source and destination. */
    public void push(Path directory, String source, String name, String... options) throws IOException {
        String credentials = access == Access.WITH_PASSWORD ? "--dest-creds '" + USER + ":" + PASSWORD + "' " : "";
        String script = "cd '" + directory + "' && skopeo copy --quiet --dest-tls-verify=false " + credentials
                + String.join(" ", options) + " " + source + " docker://" + host() + "/" + name;
        Command.run("bash", "-euo", "pipefail", "-c", script);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
