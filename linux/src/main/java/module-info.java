/** Syscall bindings: nothing below this module but the kernel, and no other module calls libc. */
module mille.linux {
    requires static transitive org.jspecify;

    exports mille.linux;
}
