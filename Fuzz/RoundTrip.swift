// SPDX-License-Identifier: Apache-2.0

/// Reads bytes; what is accepted must be the same when it is written and read again.
///
/// - Returns: What was read; nil for what is refused.
func readTwice<Value: Equatable>(
    _ bytes: [UInt8], _ read: ([UInt8]) throws -> Value, _ written: (Value) -> [UInt8]
) -> Value? {
    guard let value = try? read(bytes) else { return nil }
    let text = written(value)
    guard let again = try? read(text), again == value, written(again) == text else {
        fatalError("what was accepted cannot be written and read again: \(value)")
    }
    return value
}
