// SPDX-License-Identifier: Apache-2.0

import ServiceStore
import Testing

struct ActivationKeySecretTests {
    private typealias Fault = ActivationKeySecret.Fault
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private func fault(_ text: String) -> Fault? {
        do throws(Fault) {
            _ = try ActivationKeySecret(reading: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a key is read as people write it`() throws {
        let secret = ActivationKeySecret()
        for text in [secret.text, secret.text.lowercased(), " " + secret.text.replacing("-", with: " ") + "\n"] {
            #expect(try ActivationKeySecret(reading: text) == secret)
        }
        // Letters that no key has stand for the digits that they look like.
        let alike = secret.text.dropFirst(4).replacing("0", with: "O").replacing("1", with: "l")
        #expect(try ActivationKeySecret(reading: "ktg-" + alike) == secret)
        #expect(secret.text.hasPrefix("KTG-"))
        #expect(secret.text.count == 4 + 28 + 3)
    }

    @Test func `no two keys are the same, and their hashes tell nothing`() {
        let keys = (0..<500).map { _ in ActivationKeySecret() }
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map(\.id)).count == keys.count)
        #expect(keys.allSatisfy { !$0.text.contains($0.id.uppercased()) && $0.hash.count == 64 })
    }

    @Test func `every wrong letter is told`() {
        for _ in 0..<5 {
            let text = Array(ActivationKeySecret().text)
            for place in text.indices.dropFirst(4) where text[place] != "-" {
                for letter in Self.letters where letter != text[place] {
                    var wrong = text
                    wrong[place] = letter
                    #expect(fault(String(wrong)) == .mistyped)
                }
            }
        }
    }

    @Test func `every two neighbours that changed places are told`() {
        for _ in 0..<50 {
            let text = Array(ActivationKeySecret().text.dropFirst(4)).filter { $0 != "-" }
            for place in text.indices.dropLast() where text[place] != text[place + 1] {
                var wrong = text
                wrong.swapAt(place, place + 1)
                #expect(fault("KTG" + String(wrong)) == .mistyped)
            }
        }
    }

    @Test(arguments: ["", "KTG", "hello", "KTH-1234567", String(repeating: "KTG", count: 100), "K"])
    func `what is no key is told from a key with an error`(_ text: String) {
        #expect(fault(text) == (text == "KTG" ? .mistyped : .notAKey))
    }

    @Test func `a letter too few or too many is told`() {
        let text = ActivationKeySecret().text
        #expect(fault(String(text.dropLast())) == .mistyped)
        #expect(fault(text + "0") == .mistyped)
        #expect(fault(text.dropLast() + "U") == .mistyped)
    }
}
