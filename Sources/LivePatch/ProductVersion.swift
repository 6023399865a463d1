// SPDX-License-Identifier: Apache-2.0

/// The version of the product, as both programs and the manifests say it.
package let productVersion = "0.1.0"
