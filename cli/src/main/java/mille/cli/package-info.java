/** The mille command: thin commands over {@code mille.engine}, tables, progress, messages and exit codes. */
@NullMarked
package mille.cli;

import org.jspecify.annotations.NullMarked;
