/**
 * Linux system calls as Java types: {@link mille.linux.Fd} for descriptors, {@link mille.linux.FileName} for names (which are bytes),
 * {@link mille.linux.ErrnoException} for failures.
 *
 * <p>Each call is one static or instance method that names what it does; an absence that callers expect (no such name, no such attribute)
 * is a value, every other failure an exception. Calls that the kernel interrupts ({@code EINTR}) are repeated unless their documentation
 * says otherwise.
 */
@NullMarked
package mille.linux;

import org.jspecify.annotations.NullMarked;
