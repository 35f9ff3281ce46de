package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MountOptionsTest {
    private static OverlayOptions overlay(String text) {
        return MountOptions.parse(text).overlay();
    }

    private static List<Path> paths(String... paths) {
        return List.of(paths).stream().map(Path::of).toList();
    }

    @Test
    void directoriesComeInTheirOrder() {
        OverlayOptions options = overlay("lowerdir=/a:/b:/c,upperdir=/u,workdir=/w");
        assertEquals(paths("/a", "/b", "/c"), options.lowers());
        assertEquals(List.of(), options.dataLowers());
        assertEquals(Path.of("/u"), options.upper());
        assertEquals(Path.of("/w"), options.work());
        assertNull(overlay("lowerdir=/a").upper());
    }

    @Test
    void aBackslashTakesTheMeaningFromWhatFollows() {
        OverlayOptions options = overlay("lowerdir=/a\\:b:/c\\,d:/e\\\\f,upperdir=/u\\,v,workdir=/w:x");
        assertEquals(paths("/a:b", "/c,d", "/e\\f"), options.lowers());
        assertEquals(Path.of("/u,v"), options.upper());
        assertEquals(Path.of("/w:x"), options.work());
    }

    @Test
    void twoColonsBeginDataOnlyLowers() {
        OverlayOptions options = overlay("lowerdir=/a:/b::/d::/e");
        assertEquals(paths("/a", "/b"), options.lowers());
        assertEquals(paths("/d", "/e"), options.dataLowers());
    }

    @Test
    void lowersCanBeAddedOneByOne() {
        OverlayOptions options = overlay("lowerdir=/a,lowerdir+=/b:c,datadir+=/d");
        assertEquals(paths("/a", "/b:c"), options.lowers());
        assertEquals(paths("/d"), options.dataLowers());
    }

    @Test
    void relativeDirectoriesAreTakenFromHere() {
        assertEquals(
                List.of(Path.of("lower").toAbsolutePath()),
                overlay("lowerdir=lower").lowers());
    }

    @Test
    void featuresAreTurnedOnAndOffAndTheLaterHolds() {
        OverlayOptions options =
                overlay("lowerdir=/a,upperdir=/u,workdir=/w,index=on,metacopy=on,xino=auto,nfs_export=on,"
                        + "volatile,metacopy=off,redirect_dir=follow");
        assertEquals(
                Set.of(Feature.INDEX, Feature.STRICT_INDEX, Feature.XINO, Feature.NFS_EXPORT, Feature.VOLATILE),
                options.features());
        assertEquals(RedirectPolicy.FOLLOW, options.redirect());
    }

    @Test
    void whatIsNotNamedIsAsItIsByDefault() {
        assertEquals(OverlayOptions.of(paths("/a"), null, null), overlay("lowerdir=/a"));
        assertEquals(Set.of(), overlay("lowerdir=/a").features());
        OverlayOptions writable = overlay("lowerdir=/a,upperdir=/u,workdir=/w");
        assertEquals(OverlayOptions.of(paths("/a"), Path.of("/u"), Path.of("/w")), writable);
        assertEquals(Set.of(Feature.INDEX), writable.features());
        assertEquals(RedirectPolicy.ON, writable.redirect());
    }

    @Test
    void anOptionBringsWithItWhatItNeeds() {
        String directories = "lowerdir=/a,upperdir=/u,workdir=/w,";
        assertEquals(RedirectPolicy.ON, overlay("lowerdir=/a,metacopy=on").redirect());
        assertEquals(
                RedirectPolicy.FOLLOW,
                overlay("lowerdir=/a,metacopy=on,redirect_dir=follow").redirect());
        assertEquals(
                Set.of(Feature.INDEX, Feature.STRICT_INDEX, Feature.NFS_EXPORT),
                overlay(directories + "nfs_export=on").features());
        assertEquals(RedirectPolicy.NOFOLLOW, overlay(directories + "userxattr").redirect());
        assertEquals(Set.of(), overlay(directories + "index=off").features());
        assertEquals(Set.of(), overlay("lowerdir=/a,index=on,volatile").features());
        assertEquals(
                Set.of(Feature.VERITY),
                overlay("lowerdir=/a,verity=require,verity=on").features());
        assertEquals(
                Set.of(Feature.VERITY, Feature.REQUIRE_VERITY),
                overlay("lowerdir=/a,verity=require").features());
    }

    @Test
    void whatOnlyTunesAnotherFileServerIsPassedOver() {
        assertEquals(
                overlay("lowerdir=/a"),
                overlay(
                        "lowerdir=/a,threaded=1,fsync=0,fast_ialloc=1,writeback=0,clone_fd,max_threads=4,lazytime,debug,uuid=auto,verity=off"));
    }

    @Test
    void whatTunesAMountOverFuseIsPassedOn() {
        MountOptions options = MountOptions.parse("lowerdir=/a,timeout=1.5,noacl,noxattrs=1");
        assertEquals(new FuseOptions(1_500_000_000, false, false), FuseOptions.parse(options.generic()));
        assertEquals(0, GenericOptions.parse(options.generic()).flags());
        assertEquals(FuseOptions.DEFAULTS, FuseOptions.parse(List.of("ro")));
        assertThrows(IllegalArgumentException.class, () -> FuseOptions.parse(List.of("timeout=-1")));
    }

    @Test
    void whatAnyMountMayHaveIsPassedOn() {
        MountOptions options = MountOptions.parse(
                "lowerdir=/a,nodev,suid,noexec,noatime,,fsname=a\\,b,allow_other,default_permissions,x-systemd.automount,noauto");
        assertEquals(
                List.of("nodev", "suid", "noexec", "noatime", "fsname=a,b", "allow_other", "default_permissions"),
                options.generic());
        assertEquals(new GenericOptions("a,b", 4 | 8 | 1024), GenericOptions.parse(options.generic()));
    }

    @Test
    void readOnlyIsBothAFeatureAndAFlag() {
        MountOptions options = MountOptions.parse("lowerdir=/a,upperdir=/u,workdir=/w,ro");
        assertTrue(options.overlay().isReadOnly());
        assertEquals(1, GenericOptions.parse(options.generic()).flags());
        assertFalse(overlay("lowerdir=/a,upperdir=/u,workdir=/w,ro,rw").isReadOnly());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    lowerdir=/a,frobnicate         | unknown mount option 'frobnicate'
                    lowerdir=/a,frob=nicate        | unknown mount option 'frob=nicate'
                    lowerdir=/a,index=maybe        | mount option 'index' is on or off, not 'maybe'
                    lowerdir=/a,redirect_dir=yes   | mount option 'redirect_dir' is on, off, follow or nofollow, not 'yes'
                    lowerdir=/a,upperdir=          | mount option 'upperdir' needs a directory
                    lowerdir=/a,upperdir=/u        | upperdir without workdir
                    lowerdir=/a,workdir=/w         | workdir without upperdir
                    lowerdir=:/a                   | lowerdir ':/a' has an empty path
                    lowerdir=/a:                   | lowerdir '/a:' has an empty path
                    lowerdir=/a:::/b               | lowerdir '/a:::/b' has an empty path
                    lowerdir=/a::/d:/b             | lowerdir '/a::/d:/b' has a lower below a data-only one
                    lowerdir=/a,metacopy=on,redirect_dir=off      | mount options metacopy=on and redirect_dir=off contradict each other
                    lowerdir=/a,nfs_export=on,index=off           | mount options nfs_export=on and index=off contradict each other
                    lowerdir=/a,nfs_export=on,metacopy=on         | mount options nfs_export=on and metacopy=on contradict each other
                    lowerdir=/a,userxattr,metacopy=on             | mount options userxattr and metacopy=on contradict each other
                    lowerdir=/a,userxattr,redirect_dir=follow     | mount options userxattr and redirect_dir=follow contradict each other
                    lowerdir=/a,uidmapping=0:1            | mount option 'uidmapping' is STORED:SHOWN:COUNT, once or more, not '0:1'
                    lowerdir=/a,squash_to_gid=staff       | mount option 'squash_to_gid' is a number, not 'staff'
                    lowerdir=/a,plugins=/x.so             | mount option 'plugins' is for libraries of fuse-overlayfs, which can't be loaded here
                    lowerdir=/a,verity=always             | mount option 'verity' is on, off or require, not 'always'
                    lowerdir=/a,uuid=new                  | mount option 'uuid' is on, off, auto or null, not 'new'
                    ro                             | an overlay needs a lowerdir, or an upperdir and a workdir
                    """)
    void aMistakeGetsOneSentence(String text, String sentence) {
        assertEquals(
                sentence,
                assertThrows(IllegalArgumentException.class, () -> MountOptions.parse(text))
                        .getMessage());
    }
}
