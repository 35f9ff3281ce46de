/**
 * How images get into the store: {@link mille.engine.image.ImageAssembly} fetches, verifies, unpacks and names what a source offers or this
 * machine makes.
 */
@NullMarked
package mille.engine.image;

import org.jspecify.annotations.NullMarked;
