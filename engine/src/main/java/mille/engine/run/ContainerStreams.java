package mille.engine.run;

import java.io.IOException;

/**
 * Where a container's standard streams lead while it runs. In order: {@link #redirect} for the process that creates it,
 * {@link #connect} when it is created, {@link #drain} when it has ended, {@link #close} in any case.
 */
sealed interface ContainerStreams extends AutoCloseable permits PipedStreams, ConsoleStreams {

    /** Gives the creating process the streams that the container is to inherit. */
    void redirect(ProcessBuilder builder) throws IOException;

    /** From now on data flows between the container's streams and ours. */
    void connect() throws IOException;

    /** Waits until all that the container wrote has come through. */
    void drain() throws IOException;

    /** Ends the flow and puts our terminal back as it was. Closing twice does nothing. */
    @Override
    void close() throws IOException;
}
