package mille.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.ErrnoException;
import mille.linux.Mounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mille umount} */
@Command(name = "umount", description = "Take mounts away; what served them ends.")
final class UmountCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-l", "--lazy"},
            description = "Out of sight at once, gone when nobody uses it any more.")
    private boolean lazy;

    @Parameters(arity = "1..*", paramLabel = "MERGED", description = "Where they are mounted.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Path> targets;

    @Override
    public Integer call() throws IOException {
        return Each.of(
                spec.commandLine(), targets.stream().map(Path::toString).toList(), name -> unmount(Path.of(name)));
    }

    private void unmount(Path target) throws IOException {
        try {
            Mounts.unmount(target.toAbsolutePath().normalize(), lazy ? Mounts.MNT_DETACH : 0);
        } catch (ErrnoException e) {
            String why = switch (e.errno()) {
                case EINVAL -> "nothing is mounted there";
                case ENOENT -> "there is no such directory";
                case EBUSY -> "it is in use; end what uses it, or take it away lazily with -l";
                case EPERM -> "that takes root";
                default -> throw e;
            };
            throw new EngineException(Reason.CONFLICT, target + " can't be unmounted: " + why, e);
        }
    }
}
