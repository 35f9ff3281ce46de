/** JSON documents of strangers, read field by field with messages that name the field. */
@NullMarked
package mille.oci.json;

import org.jspecify.annotations.NullMarked;
