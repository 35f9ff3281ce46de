package mille.engine.run;

import java.util.List;

/**
 * Who a process in a container is.
 *
 * @param groups beside {@code gid}
 * @param home of the account, {@code /} where there is none
 */
record ContainerUser(int uid, int gid, List<Integer> groups, String home) {
    ContainerUser {
        groups = List.copyOf(groups);
    }
}
