/**
 * The use cases: pull an image, make a container of it, see what it changed, remove both. {@link mille.engine.Engine} is the door;
 * {@link mille.engine.model} is what comes out of it.
 */
@NullMarked
package mille.engine;

import org.jspecify.annotations.NullMarked;
