// SPDX-License-Identifier: Apache-2.0

/// The version of the builder, as manifests and `--version` say it.
package let builderVersion = "0.1.0"
