// SPDX-License-Identifier: Apache-2.0

/// A `dh` that does what debhelper's does up to and with the step that configures the source.
///
/// debhelper itself has no such option any more (`--until` went with compatibility level 10). It is found by
/// `debian/rules` through PATH, in one build root, for one call.
enum ConfigureOnly {
    /// Writes the stand-in.
    ///
    /// - Returns: The folder to put first in `PATH`.
    static func install(in root: BuildRoot) throws(BuildError) -> String {
        let directory = root.programs + "/debhelper"
        try Files.createDirectory(directory)
        try Files.write(Array(script.utf8), to: directory + "/dh")
        try Files.makeExecutable(directory + "/dh")
        return directory
    }

    private static let script = #"""
        #!/bin/sh
        # Stands for debhelper's dh and stops after configuring. Written by kaketsugi-build; lives only in its cache.
        PATH=${PATH#"${0%/*}":}
        export PATH
        steps=$(dh "$@" --no-act) || exit
        case $steps in
        *dh_auto_configure*) ;;
        *) echo "dh $1: no step dh_auto_configure" >&2; exit 1 ;;
        esac
        eval "$(dpkg-buildflags --export=sh)"
        printf '%s\n' "$steps" | while read -r step; do
            sh -c "$step" || exit
            case $step in *dh_auto_configure*) exit 0 ;; esac
        done

        """#
}
