/**
 * What {@code ./bench} runs. A {@link mille.benchmark.Row} is a script that measures something on a mount; a {@link
 * mille.benchmark.Trial} runs it once for one {@link mille.benchmark.Peer} on a fresh mount of a {@link mille.benchmark.Stack} of layers;
 * {@link mille.benchmark.Results} keeps what many of them gave, and {@link mille.benchmark.Report} prints it.
 */
@NullMarked
package mille.benchmark;

import org.jspecify.annotations.NullMarked;
