package mille.fuse;

/**
 * A node under a name in a reply ({@code struct fuse_entry_out}), written where it goes. Each that reaches the kernel counts as one lookup of
 * the node, which the kernel gives back by FORGET.
 */
public final class EntryFields {
    private final Exchange exchange;
    private final AttributeFields attributes;
    private int at;

    EntryFields(Exchange exchange) {
        this.exchange = exchange;
        this.attributes = new AttributeFields(exchange);
    }

    EntryFields at(int offset) {
        at = offset;
        exchange.clear(offset, Wire.EntryOut.ATTR);
        attributes.at(offset + Wire.EntryOut.ATTR);
        return this;
    }

    /**
     * @param nodeId not 0; all requests about the node will carry it
     * @param generation tells two nodes apart that have the same id one after the other; 0 where ids are never given twice
     */
    public EntryFields node(long nodeId, long generation) {
        exchange.putLong(at + Wire.EntryOut.NODEID, nodeId);
        exchange.putLong(at + Wire.EntryOut.GENERATION, generation);
        return this;
    }

    /**
     * How long the kernel may answer by itself, 0 until set.
     *
     * @param nameNanos that the name leads to this node; {@link Reply#FOREVER} until a notification says otherwise
     * @param attributesNanos the node's attributes
     */
    public EntryFields validFor(long nameNanos, long attributesNanos) {
        exchange.putLong(at + Wire.EntryOut.ENTRY_VALID, nameNanos / Reply.SECOND);
        exchange.putInt(at + Wire.EntryOut.ENTRY_VALID_NSEC, (int) (nameNanos % Reply.SECOND));
        exchange.putLong(at + Wire.EntryOut.ATTR_VALID, attributesNanos / Reply.SECOND);
        exchange.putInt(at + Wire.EntryOut.ATTR_VALID_NSEC, (int) (attributesNanos % Reply.SECOND));
        return this;
    }

    public AttributeFields attributes() {
        return attributes;
    }
}
