// SPDX-License-Identifier: Apache-2.0

@main
struct Kaketsugi {
    static func main() {}
}
