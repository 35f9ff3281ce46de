package mille.linux;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Collections;
import jdk.internal.access.SharedSecrets;
import jdk.internal.foreign.abi.ABIDescriptor;
import jdk.internal.foreign.abi.NativeEntryPoint;
import jdk.internal.foreign.abi.StubLocations;
import jdk.internal.foreign.abi.VMStorage;
import jdk.internal.foreign.abi.x64.X86_64Architecture;
import jdk.internal.foreign.abi.x64.X86_64Architecture.Regs;
import jdk.internal.foreign.abi.x64.X86_64Architecture.StorageType;
import jdk.internal.loader.BootLoader;

/**
 * Calls of C functions, one storey below {@code java.lang.foreign}: the JVM's own instruction, with arguments in registers, and nothing around
 * it that would have to be put together when a command starts (ADR 14).
 *
 * <p>The convention is that of the System V ABI for x86-64, section 3.2.3, as far as integers need it.
 */
final class DirectCall {
    private static final VMStorage[] REGISTERS = {Regs.rdi, Regs.rsi, Regs.rdx, Regs.rcx, Regs.r8, Regs.r9};
    private static final VMStorage[] RESULT = {Regs.rax};
    private static final VMStorage[] NONE = {};
    private static final int STACK_ALIGNMENT_BYTES = 16;
    private static final ABIDescriptor CONVENTION = X86_64Architecture.abiFor(
            REGISTERS,
            NONE,
            RESULT,
            NONE,
            0,
            new VMStorage[] {Regs.r10, Regs.r11},
            NONE,
            STACK_ALIGNMENT_BYTES,
            0,
            Regs.r10,
            Regs.r11);

    /** What is to be saved of a call's state: of the JVM's {@code CapturableState}s, {@code errno}. */
    private static final int CAPTURE_ERRNO = 1 << 2;

    static {
        if (!System.getProperty("os.arch").equals("amd64")
                || !System.getProperty("os.name").equals("Linux")) {
            throw new UnsupportedOperationException("Mille runs on Linux on x86-64 only");
        }
    }

    private DirectCall() {}

    /**
     * Where a function of the C library is.
     *
     * @throws UnsatisfiedLinkError where it has none of that name
     */
    static long address(String function) {
        BootLoader.loadLibrary("nio"); // one that every start needs, and that needs the C library
        long address = BootLoader.getNativeLibraries().find(function);
        if (address == 0) {
            throw new UnsatisfiedLinkError("the C library has no " + function);
        }
        return address;
    }

    /**
     * Calls functions that take so many longs, or what fits into them, and return one.
     *
     * @return a handle of longs alone: the function's address, that of four bytes for errno, which each call writes, and the arguments
     */
    static MethodHandle ofLongs(int arguments) {
        VMStorage[] places = new VMStorage[2 + arguments];
        places[0] = StubLocations.TARGET_ADDRESS.storage(StorageType.PLACEHOLDER);
        places[1] = StubLocations.CAPTURED_STATE_BUFFER.storage(StorageType.PLACEHOLDER);
        for (int i = 0; i < arguments; i++) {
            places[2 + i] = i < REGISTERS.length
                    ? REGISTERS[i]
                    : X86_64Architecture.stackStorage((short) Long.BYTES, (i - REGISTERS.length) * Long.BYTES);
        }
        MethodType type = MethodType.methodType(long.class, Collections.nCopies(places.length, long.class));
        NativeEntryPoint entry =
                NativeEntryPoint.make(CONVENTION, places, RESULT, type, false, CAPTURE_ERRNO, true, false);
        return SharedSecrets.getJavaLangInvokeAccess().nativeMethodHandle(entry);
    }
}
