package mille.linux;

/** A terminal, real or pseudo: its size and its line discipline ({@code tty_ioctl(4)}, {@code termios(3)}). */
public final class Terminal {
    private static final int TCGETS = 0x5401;
    private static final int TCSETSW = 0x5403;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;

    /** {@code struct termios} of the kernel: four words of flags, a byte, 19 control characters. */
    private static final int TERMIOS_BYTES = 36;

    private static final int IFLAG = 0;
    private static final int OFLAG = 4;
    private static final int CFLAG = 8;
    private static final int LFLAG = 12;
    private static final int VTIME = 17 + 5;
    private static final int VMIN = 17 + 6;

    private static final int IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON = 0x5eb;
    private static final int OPOST = 1;
    private static final int ECHO_ECHONL_ICANON_ISIG_IEXTEN = 0x804b;
    private static final int CSIZE_PARENB = 0x130;
    private static final int CS8 = 0x30;

    /** In characters; both are 0 where nobody has set them. */
    public record Size(int rows, int columns) {}

    /** How a terminal was before {@link #makeRaw}. */
    public static final class Settings {
        private final byte[] termios;

        private Settings(byte[] termios) {
            this.termios = termios;
        }
    }

    private Terminal() {}

    public static boolean isTerminal(Fd file) {
        Scratch scratch = Scratch.get();
        return Syscall.call(scratch, Syscall.IOCTL, file.number(), TCGETS, scratch.struct.address()) == 0;
    }

    /**
     * From now on each byte passes as it is, at once: no echo, no line editing, no signals from keys ({@code cfmakeraw(3)}).
     *
     * @return for {@link #restore}
     */
    public static Settings makeRaw(Fd terminal) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer termios = scratch.struct;
        Syscall.check(
                Syscall.call(scratch, Syscall.IOCTL, terminal.number(), TCGETS, termios.address()), "ioctl TCGETS");
        Settings before = new Settings(termios.getBytes(0, TERMIOS_BYTES));
        change(termios, IFLAG, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON, 0);
        change(termios, OFLAG, OPOST, 0);
        change(termios, CFLAG, CSIZE_PARENB, CS8);
        change(termios, LFLAG, ECHO_ECHONL_ICANON_ISIG_IEXTEN, 0);
        termios.putByte(VMIN, (byte) 1);
        termios.putByte(VTIME, (byte) 0);
        set(scratch, terminal, termios);
        return before;
    }

    private static void change(NativeBuffer termios, int at, int off, int on) {
        termios.putInt(at, (termios.getInt(at) & ~off) | on);
    }

    public static void restore(Fd terminal, Settings settings) throws ErrnoException {
        Scratch scratch = Scratch.get();
        scratch.struct.putBytes(0, settings.termios, 0, TERMIOS_BYTES);
        set(scratch, terminal, scratch.struct);
    }

    private static void set(Scratch scratch, Fd terminal, NativeBuffer termios) throws ErrnoException {
        long result;
        do { // waits until what was written is out
            result = Syscall.call(scratch, Syscall.IOCTL, terminal.number(), TCSETSW, termios.address());
        } while (Syscall.interrupted(result));
        Syscall.check(result, "ioctl TCSETSW");
    }

    public static Size size(Fd terminal) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.IOCTL, terminal.number(), TIOCGWINSZ, scratch.struct.address()),
                "ioctl TIOCGWINSZ");
        return new Size(
                Short.toUnsignedInt(scratch.struct.getShort(0)), Short.toUnsignedInt(scratch.struct.getShort(2)));
    }

    /** What runs in the terminal is told by SIGWINCH. */
    public static void setSize(Fd terminal, Size size) throws ErrnoException {
        Scratch scratch = Scratch.get();
        scratch.struct.putShort(0, (short) size.rows());
        scratch.struct.putShort(2, (short) size.columns());
        scratch.struct.putInt(4, 0); // pixels, unknown
        Syscall.check(
                Syscall.call(scratch, Syscall.IOCTL, terminal.number(), TIOCSWINSZ, scratch.struct.address()),
                "ioctl TIOCSWINSZ");
    }
}
