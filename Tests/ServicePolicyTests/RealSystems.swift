// SPDX-License-Identifier: Apache-2.0

import ServicePolicy
import Testing

/// Systems as their own files and kernels describe them.
struct RealSystem: CustomTestStringConvertible, Sendable {
    /// The row of the table.
    var title: String
    /// `/etc/os-release`; nil where the system has none.
    var osRelease: String?
    /// `/etc/system-release`, where it is needed.
    var systemRelease: String?
    /// `uname -r`.
    var kernel: String

    var testDescription: String { "\(title) \(kernel)" }

    var facts: SystemFacts {
        SystemFacts(
            system: OperatingSystem(osRelease.map { OSRelease(parsing: $0) }, systemRelease: systemRelease),
            kernel: KernelRelease(parsing: kernel), machine: "x86_64", hardware: .server, origin: .installer)
    }

    /// The systems of table 1, some of them twice.
    static let standard = [
        RealSystem(
            title: "AlmaLinux 9.x",
            osRelease: """
                NAME="AlmaLinux"
                VERSION="9.3 (Shamrock Pampas Cat)"
                ID="almalinux"
                ID_LIKE="rhel centos fedora"
                VERSION_ID="9.3"
                PLATFORM_ID="platform:el9"
                PRETTY_NAME="AlmaLinux 9.3 (Shamrock Pampas Cat)"
                ANSI_COLOR="0;34"
                LOGO="fedora-logo-icon"
                CPE_NAME="cpe:/o:almalinux:almalinux:9::baseos"
                """, kernel: "5.14.0-362.8.1.el9_3.x86_64"),
        RealSystem(
            title: "AlmaLinux 8.x",
            osRelease: """
                NAME="AlmaLinux"
                VERSION="8.10 (Cerulean Leopard)"
                ID="almalinux"
                VERSION_ID="8.10"
                PLATFORM_ID="platform:el8"
                """, kernel: "4.18.0-553.el8_10.x86_64"),
        RealSystem(
            title: "CentOS 8.x",
            osRelease: """
                NAME="CentOS Linux"
                VERSION="8"
                ID="centos"
                ID_LIKE="rhel fedora"
                VERSION_ID="8"
                PLATFORM_ID="platform:el8"
                PRETTY_NAME="CentOS Linux 8"
                """, systemRelease: "CentOS Linux release 8.5.2111", kernel: "4.18.0-348.7.1.el8_5.x86_64"),
        RealSystem(
            title: "CentOS 7.x",
            osRelease: """
                NAME="CentOS Linux"
                VERSION="7 (Core)"
                ID="centos"
                ID_LIKE="rhel fedora"
                VERSION_ID="7"

                CENTOS_MANTISBT_PROJECT="CentOS-7"
                """, systemRelease: "CentOS Linux release 7.9.2009 (Core)", kernel: "3.10.0-1160.108.1.el7.x86_64"),
        RealSystem(
            title: "CentOS 6.x", systemRelease: "CentOS release 6.10 (Final)", kernel: "2.6.32-754.35.1.el6.x86_64"),
        RealSystem(
            title: "Oracle Linux 9.x",
            osRelease: """
                NAME="Oracle Linux Server"
                VERSION="9.3"
                ID="ol"
                ID_LIKE="fedora"
                VARIANT="Server"
                VERSION_ID="9.3"
                PLATFORM_ID="platform:el9"
                """, kernel: "5.14.0-362.13.0.1.el9_3.x86_64"),
        RealSystem(
            title: "Oracle Linux 8.x",
            osRelease: "NAME=\"Oracle Linux Server\"\nVERSION=\"8.9\"\nID=\"ol\"\nVERSION_ID=\"8.9\"\n",
            kernel: "4.18.0-513.5.1.el8_9.x86_64"),
        RealSystem(
            title: "Oracle Linux 7.x",
            osRelease: "NAME=\"Oracle Linux Server\"\nVERSION=\"7.9\"\nID=\"ol\"\nVERSION_ID=\"7.9\"\n",
            kernel: "3.10.0-1160.105.1.0.1.el7.x86_64"),
        RealSystem(
            title: "Oracle Linux 6.x",
            osRelease: "NAME=\"Oracle Linux Server\"\nVERSION=\"6.10\"\nID=\"ol\"\nVERSION_ID=\"6.10\"\n",
            kernel: "2.6.32-754.el6.x86_64"),
        RealSystem(
            title: "Rocky Linux 9.x",
            osRelease: """
                NAME="Rocky Linux"
                VERSION="9.3 (Blue Onyx)"
                ID="rocky"
                ID_LIKE="rhel centos fedora"
                VERSION_ID="9.3"
                """, kernel: "5.14.0-362.13.1.el9_3.x86_64"),
        RealSystem(
            title: "Rocky Linux 8.x",
            osRelease: "NAME=\"Rocky Linux\"\nVERSION=\"8.9 (Green Obsidian)\"\nID=\"rocky\"\nVERSION_ID=\"8.9\"\n",
            kernel: "4.18.0-513.9.1.el8_9.x86_64"),
        RealSystem(
            title: "Red Hat Enterprise Linux 9.x",
            osRelease: """
                NAME="Red Hat Enterprise Linux"
                VERSION="9.3 (Plow)"
                ID="rhel"
                ID_LIKE="fedora"
                VERSION_ID="9.3"
                PRETTY_NAME="Red Hat Enterprise Linux 9.3 (Plow)"
                """, kernel: "5.14.0-362.18.1.el9_3.x86_64"),
        RealSystem(
            title: "Red Hat Enterprise Linux 8.x",
            osRelease: "NAME=\"Red Hat Enterprise Linux\"\nVERSION=\"8.9 (Ootpa)\"\nID=\"rhel\"\nVERSION_ID=\"8.9\"\n",
            kernel: "4.18.0-513.11.1.el8_9.x86_64"),
        RealSystem(
            title: "Red Hat Enterprise Linux 7.x",
            osRelease: """
                NAME="Red Hat Enterprise Linux Server"
                VERSION="7.9 (Maipo)"
                ID="rhel"
                VERSION_ID="7.9"
                """, kernel: "3.10.0-1160.el7.x86_64"),
        RealSystem(
            title: "Red Hat Enterprise Linux 6.x",
            systemRelease: "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
            kernel: "2.6.32-754.35.1.el6.x86_64"),
        RealSystem(
            title: "CentOS 8.x",
            osRelease: "NAME=\"CentOS Linux\"\nVERSION=\"8 (Core)\"\nID=\"centos\"\nVERSION_ID=\"8\"\n",
            kernel: "4.18.0-193.el8.x86_64"),
        RealSystem(
            title: "AlmaLinux 8.x", osRelease: "NAME='AlmaLinux'\nID=almalinux\nVERSION_ID=8.10\n",
            kernel: "4.18.0-553.16.1.el8_10.x86_64"),
    ]

    /// Debian and Ubuntu.
    static let additional = [
        RealSystem(
            title: "Debian 12",
            osRelease: """
                PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
                NAME="Debian GNU/Linux"
                VERSION_ID="12"
                VERSION="12 (bookworm)"
                VERSION_CODENAME=bookworm
                ID=debian
                """, kernel: "6.1.0-18-amd64"),
        RealSystem(
            title: "Debian 12", osRelease: "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n",
            kernel: "6.1.0-18-cloud-amd64"),
        RealSystem(
            title: "Debian 11", osRelease: "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"11\"\nID=debian\n",
            kernel: "5.10.0-27-amd64"),
        RealSystem(
            title: "Debian 13", osRelease: "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nID=debian\n",
            kernel: "6.12.41+deb13-amd64"),
        RealSystem(
            title: "Ubuntu 22.04",
            osRelease: """
                PRETTY_NAME="Ubuntu 22.04.3 LTS"
                NAME="Ubuntu"
                VERSION_ID="22.04"
                VERSION="22.04.3 LTS (Jammy Jellyfish)"
                VERSION_CODENAME=jammy
                ID=ubuntu
                ID_LIKE=debian
                """, kernel: "5.15.0-91-generic"),
        RealSystem(
            title: "Ubuntu 24.04", osRelease: "NAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n",
            kernel: "6.8.0-41-generic"),
        RealSystem(
            title: "Ubuntu 20.04", osRelease: "NAME=\"Ubuntu\"\nVERSION_ID=\"20.04\"\nID=ubuntu\n",
            kernel: "5.4.0-169-generic"),
    ]
}
