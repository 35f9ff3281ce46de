/** Rules over the whole code base that neither compiler nor formatter checks. */
@NullMarked
package mille.checks;

import org.jspecify.annotations.NullMarked;
