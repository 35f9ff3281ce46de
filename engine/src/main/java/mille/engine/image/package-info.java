/**
 * How images get into the store: {@link mille.engine.image.ImageSource}s say where the parts come from, {@link mille.engine.image.ImageAssembly}
 * fetches, verifies, unpacks and names them.
 */
@NullMarked
package mille.engine.image;

import org.jspecify.annotations.NullMarked;
