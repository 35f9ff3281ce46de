/** What the engine tells about images, layers and containers: values alone, nothing that reaches a disk. */
@NullMarked
package mille.engine.model;

import org.jspecify.annotations.NullMarked;
