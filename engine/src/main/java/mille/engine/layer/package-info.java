/** Layers as directories: a layer's tar unpacked into one, and attributes carried from one to another. Knows no store. */
@NullMarked
package mille.engine.layer;

import org.jspecify.annotations.NullMarked;
