package mille.overlay;

/** What becomes of a renamed directory that a lower layer holds ({@code redirect_dir=}). */
public enum RedirectPolicy {
    /** Redirects are written at rename and followed at lookup. */
    ON,
    /** Followed, not written: such a rename answers EXDEV. */
    FOLLOW,
    /** Neither. */
    NOFOLLOW,
    /** Not written; followed or not as the kernel's {@code redirect_always_follow} has it (it does). */
    OFF
}
