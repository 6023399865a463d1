// SPDX-License-Identifier: Apache-2.0

/// The files that are part of the program.
enum PageResource {
    static var style: [UInt8] { PackageResources.style_css }
    static var installScript: [UInt8] { PackageResources.install_sh }
    static var icon: [UInt8] { PackageResources.icon_svg }

    /// The templates by their names.
    static var templates: [(name: String, bytes: [UInt8])] {
        [
            ("account", PackageResources.account_mustache),
            ("audit", PackageResources.audit_mustache),
            ("catalogue", PackageResources.catalogue_mustache),
            ("contracts", PackageResources.contracts_mustache),
            ("coverage", PackageResources.coverage_mustache),
            ("fleet", PackageResources.fleet_mustache),
            ("home", PackageResources.home_mustache),
            ("host", PackageResources.host_mustache),
            ("keys", PackageResources.keys_mustache),
            ("layout", PackageResources.layout_mustache),
            ("maintenance", PackageResources.maintenance_mustache),
            ("message", PackageResources.message_mustache),
            ("paging", PackageResources.paging_mustache),
            ("rollout", PackageResources.rollout_mustache),
            ("rollouts", PackageResources.rollouts_mustache),
            ("sign-in", PackageResources.sign_in_mustache),
            ("status", PackageResources.status_mustache),
            ("users", PackageResources.users_mustache),
        ]
    }
}
