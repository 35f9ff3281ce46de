/**
 * Fixtures for tests that need real mounts, and what compares trees: file systems in a loop device or in memory, overlays of the kernel,
 * commands with a time limit, a small C program for what Java can't ask of a kernel.
 *
 * <p>All of it runs as root on Linux, and fails loudly where it can't. Each fixture is {@link java.io.Closeable} and made for JUnit's
 * {@code @AutoClose}; what a test forgot is undone when the JVM ends.
 */
@NullMarked
package mille.testkit;

import org.jspecify.annotations.NullMarked;
