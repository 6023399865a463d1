// SPDX-License-Identifier: Apache-2.0

/// What a type is.
package enum TypeDescription: Hashable, Sendable {
    /// The type without values.
    case void
    /// A number or another type that the language brings.
    case base(BaseType)
    /// A pointer or a reference.
    case pointer(PointerType)
    /// Another name for a type.
    case alias(TypeName, of: TypeID)
    /// A type with a qualifier.
    case qualified(TypeQualifier, TypeID)
    /// One dimension of an array, or a vector.
    case array(ArrayType)
    /// A structure, union or class.
    case record(RecordType)
    /// An enumeration.
    case enumeration(EnumerationType)
    /// A function.
    case function(FunctionType)
    /// Something of another language, by what it is called.
    case unknown(String)
}

/// A name with the scopes that it is declared in, the outermost first.
package struct TypeName: Hashable, Sendable {
    /// Namespaces, classes and functions.
    package var scope: [String]
    /// The name itself.
    package var name: String

    /// A name in a scope.
    package init(scope: [String] = [], name: String) {
        self.scope = scope
        self.name = name
    }
}

/// What may be said of a type without making it another one.
package enum TypeQualifier: Hashable, Sendable {
    case constant, volatile, restrict, atomic
}

/// A type that the language brings.
package struct BaseType: Hashable, Sendable {
    /// How its bits are understood.
    package enum Encoding: Hashable, Sendable {
        case signed, unsigned, boolean, floatingPoint, complex, decimal, character
        case other(UInt64)
    }

    /// Its name, such as `unsigned int`.
    package var name: String
    /// Its size.
    package var byteSize: UInt64
    /// How its bits are understood.
    package var encoding: Encoding

    /// A type that the language brings.
    package init(name: String, byteSize: UInt64, encoding: Encoding) {
        self.name = name
        self.byteSize = byteSize
        self.encoding = encoding
    }
}

/// A pointer or a reference.
package struct PointerType: Hashable, Sendable {
    /// Which of them.
    package enum Kind: Hashable, Sendable {
        case pointer, reference, rvalueReference, memberPointer
    }

    /// Which of them.
    package var kind: Kind
    /// What it points to.
    package var target: TypeID
    /// Its size.
    package var byteSize: UInt64
    /// The class that a pointer to a member belongs to.
    package var container: TypeID?
}

/// One dimension of an array, or a vector.
package struct ArrayType: Hashable, Sendable {
    /// What it holds.
    package var element: TypeID
    /// How many of them; nil for a flexible or variable array.
    package var count: UInt64?
    /// Whether the processor handles it as one value.
    package var isVector: Bool
}

/// A function's type.
package struct FunctionType: Hashable, Sendable {
    /// What it returns.
    package var result: TypeID
    /// What it takes.
    package var parameters: [TypeID]
    /// Whether it takes more, of any type.
    package var isVariadic: Bool
}
