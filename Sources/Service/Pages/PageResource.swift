// SPDX-License-Identifier: Apache-2.0

/// The files that are part of the program.
enum PageResource {
    static var style: [UInt8] { PackageResources.style_css }
    static var installScript: [UInt8] { PackageResources.install_sh }
    static var icon: [UInt8] { PackageResources.icon_svg }

    /// The templates by their names.
    static var templates: [(name: String, bytes: [UInt8])] {
        [
            ("catalogue", PackageResources.catalogue_mustache),
            ("coverage", PackageResources.coverage_mustache),
            ("home", PackageResources.home_mustache),
            ("layout", PackageResources.layout_mustache),
            ("message", PackageResources.message_mustache),
            ("paging", PackageResources.paging_mustache),
            ("sign-in", PackageResources.sign_in_mustache),
            ("status", PackageResources.status_mustache),
        ]
    }
}
