/**
 * Running a container: its bundle for an OCI runtime, its streams and signals, its exit code.
 *
 * <p>The runtime only creates and starts; this process is the keeper. It adopts the container's first process when the runtime has gone
 * ({@code PR_SET_CHILD_SUBREAPER}), so that it hears its exit code itself and can tell a container that ended from a runtime that failed.
 */
@NullMarked
package mille.engine.run;

import org.jspecify.annotations.NullMarked;
