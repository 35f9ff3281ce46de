package mille.engine.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/** The accounts that a container's own {@code /etc/passwd} and {@code /etc/group} name. Lines that are malformed count for nothing. */
final class Accounts {
    /** A larger account file is none: it would only cost memory. */
    private static final int MAX_FILE_BYTES = 16 << 20;

    private record User(String name, int uid, int gid, String home) {}

    private record Group(String name, int gid, List<String> members) {}

    private final List<User> users = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();

    private Accounts() {}

    /**
     * Reads them as a process in the container would: symlinks lead nowhere outside.
     *
     * @param root the container's root, {@code O_PATH} suffices
     */
    static Accounts read(Fd root) throws IOException {
        return parse(text(root, "etc/passwd"), text(root, "etc/group"));
    }

    static Accounts parse(String passwd, String group) {
        Accounts accounts = new Accounts();
        for (String line : passwd.split("\n", -1)) {
            String[] fields = line.split(":", -1);
            OptionalInt uid = fields.length >= 6 ? number(fields[2]) : OptionalInt.empty();
            OptionalInt gid = fields.length >= 6 ? number(fields[3]) : OptionalInt.empty();
            if (uid.isPresent() && gid.isPresent()) {
                accounts.users.add(new User(fields[0], uid.getAsInt(), gid.getAsInt(), fields[5]));
            }
        }
        for (String line : group.split("\n", -1)) {
            String[] fields = line.split(":", -1);
            OptionalInt gid = fields.length >= 4 ? number(fields[2]) : OptionalInt.empty();
            if (gid.isPresent()) {
                accounts.groups.add(new Group(fields[0], gid.getAsInt(), List.of(fields[3].split(",", -1))));
            }
        }
        return accounts;
    }

    private static String text(Fd root, String path) throws IOException {
        // O_NONBLOCK: a FIFO of that name must not make us wait for a writer.
        try (Fd file = root.openInRoot(RelativePath.parse(path), O.RDONLY | O.NONBLOCK)) {
            if (!Stat.of(file).isRegular()) {
                return "";
            }
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            NativeBuffer buffer = NativeBuffer.allocate(65536);
            while (text.size() < MAX_FILE_BYTES) {
                int read = FileData.read(file, buffer, 0, buffer.sizeBytes());
                if (read == 0) {
                    break;
                }
                text.writeBytes(buffer.getBytes(0, read));
            }
            return text.toString(StandardCharsets.UTF_8);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return "";
            }
            throw e;
        }
    }

    /**
     * Finds who {@code user[:group]} is, names or numbers, as Docker does: without a group the account's own and those that list it as a
     * member; a number that no account has is taken as it is, with group 0.
     *
     * @param spec empty for root
     * @throws EngineException INVALID where a name is in neither file
     */
    ContainerUser resolve(String spec) throws EngineException {
        int colon = spec.indexOf(':');
        String user = colon < 0 ? spec : spec.substring(0, colon);
        String group = colon < 0 ? "" : spec.substring(colon + 1);
        OptionalInt uidTyped = user.isEmpty() ? OptionalInt.of(0) : number(user);
        User account = first(users, user.isEmpty() ? u -> u.uid == 0 : u -> u.name.equals(user));
        if (account == null && uidTyped.isPresent()) {
            account = first(users, u -> u.uid == uidTyped.getAsInt());
        }
        if (account == null && uidTyped.isEmpty()) {
            throw new EngineException(
                    Reason.INVALID,
                    "unable to find user " + user
                            + ": the image's /etc/passwd has no such name; give one that it has, or a number");
        }
        int uid = account == null ? uidTyped.getAsInt() : account.uid;
        int gid = account == null ? 0 : account.gid;
        String home = account == null || account.home.isEmpty() ? "/" : account.home;
        if (!group.isEmpty()) {
            return new ContainerUser(uid, gidOf(group), List.of(), home);
        }
        if (account == null) {
            return new ContainerUser(uid, gid, List.of(), home);
        }
        String name = account.name;
        List<Integer> member = groups.stream()
                .filter(g -> g.members.contains(name))
                .map(Group::gid)
                .distinct()
                .toList();
        return new ContainerUser(uid, gid, member, home);
    }

    private int gidOf(String group) throws EngineException {
        Group named = first(groups, g -> g.name.equals(group));
        if (named != null) {
            return named.gid;
        }
        OptionalInt typed = number(group);
        if (typed.isEmpty()) {
            throw new EngineException(
                    Reason.INVALID,
                    "unable to find group " + group
                            + ": the image's /etc/group has no such name; give one that it has, or a number");
        }
        return typed.getAsInt();
    }

    private static <T> @Nullable T first(List<T> list, Predicate<T> wanted) {
        for (T element : list) {
            if (wanted.test(element)) {
                return element;
            }
        }
        return null;
    }

    private static OptionalInt number(String text) {
        try {
            int number = Integer.parseInt(text);
            return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }
}
