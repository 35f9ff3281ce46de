/**
 * The same random operations played on two overlays, whose answers and trees must agree:
 * {@link mille.testkit.differential.DifferentialTest}.
 */
@NullMarked
package mille.testkit.differential;

import org.jspecify.annotations.NullMarked;
