/**
 * What a file system owes to those who use it, as suites that run on any mount: {@link mille.testkit.contract.FileSystemContract} on
 * whatever is writable, {@link mille.testkit.contract.UnionContract} on an overlay whose layers can be looked into.
 *
 * <p>A test is a subclass that says where the mount is. The suites are proven by running on ext4 and on the kernel's overlay.
 */
@NullMarked
package mille.testkit.contract;

import org.jspecify.annotations.NullMarked;
