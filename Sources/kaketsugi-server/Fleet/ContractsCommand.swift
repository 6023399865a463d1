// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CivilTime
import CommandLineOutput
import ServicePolicy
import ServiceStore

/// `kaketsugi-server contracts`: what customers have a right to.
struct ContractsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contracts", abstract: "Enter contracts, show them, and renew them.",
        subcommands: [AddContract.self, ListContracts.self, RenewContract.self])
}

/// `contracts add`.
struct AddContract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Enter a contract.",
        discussion: """
            The right of use, technical support, or both: each holds for a year from its first day. Without either, the \
            right of use begins today.
            """)

    @Argument(help: "The contract's number.")
    var number: String

    @Option(help: "The customer.")
    var customer: String

    @Option(help: ArgumentHelp("The first day of the right of use, as YYYY-MM-DD.", valueName: "day"))
    var usageFrom: CalendarDay?

    @Option(help: ArgumentHelp("The first day of technical support.", valueName: "day"))
    var supportFrom: CalendarDay?

    @Option(name: .long, help: "A product, such as glibc; may be given several times, and never for all.")
    var product: [String] = []

    @Option(help: "What the customer has declared, for people.")
    var declared = ""

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let now = Moment.now
        var terms: [Contract.Term] = []
        if let usageFrom { terms.append(.init(.usageRight, EntitlementTerm(from: usageFrom))) }
        if let supportFrom { terms.append(.init(.technicalSupport, EntitlementTerm(from: supportFrom))) }
        if terms.isEmpty { terms.append(.init(.usageRight, EntitlementTerm(from: now.dayInTokyo))) }
        let contract = Contract(
            id: number, customer: customer, products: product, declared: declared, created: now, terms: terms)
        try await service.change { records in
            try records.add(contract)
            try records.log(
                "contract.added", of: contract.id, by: ServiceOptions.actor, at: now, detail: contract.customer)
            return RecordReport(entry: ContractEntry(contract, at: now), said: .contractAdded(contract.id))
        }
    }
}

/// `contracts list`.
struct ListContracts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the contracts.")

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let now = Moment.now
        try await service.show { ListReport(entries: try $0.contracts().map { ContractEntry($0, at: now) }) }
    }
}

/// `contracts renew`.
struct RenewContract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Add the next year to a contract.",
        discussion: "The year follows the last one without a gap; if that is over, it begins today.")

    @Argument(help: "The contract's number.")
    var number: String

    @Flag(help: "Renew technical support, and not the right of use.")
    var support = false

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let now = Moment.now
        let (number, kind) = (number, support ? Contract.Kind.technicalSupport : .usageRight)
        try await service.change { records in
            let term = try records.renew(kind, of: number, at: now)
            try records.log(
                "contract.renewed", of: number, by: ServiceOptions.actor, at: now,
                detail: "\(kind.rawValue) from \(term.validFrom) to \(term.validTo)")
            guard let contract = try records.contract(number) else { throw StoreError.noSuch(.contract, number) }
            let title = (kind == .usageRight ? FleetText.usage : .support).text(in: .current)
            return RecordReport(
                entry: ContractEntry(contract, at: now),
                said: .contractRenewed(number, kind: title, to: "\(term.validTo)"))
        }
    }
}

/// A contract in a list.
struct ContractEntry: FleetEntry {
    static let list = "contracts"
    let id: String
    let customer: String
    let products: [String]
    let declared: String
    let usageTo: String?
    let isUsageValid: Bool
    let supportTo: String?
    let isSupportValid: Bool

    init(_ contract: Contract, at now: Moment) {
        id = contract.id
        customer = contract.customer
        products = contract.products
        declared = contract.declared
        usageTo = contract.lastDay(of: .usageRight).map { "\($0)" }
        isUsageValid = contract.span(of: .usageRight, at: now) != nil
        supportTo = contract.lastDay(of: .technicalSupport).map { "\($0)" }
        isSupportValid = contract.span(of: .technicalSupport, at: now) != nil
    }

    func cells(in language: Language) -> [String] {
        func right(_ text: FleetText, _ day: String?, _ isValid: Bool) -> String {
            day.map { "\(text.text(in: language)) \(isValid ? "" : "✗ ")→ \($0)" } ?? ""
        }
        return [
            id, customer, right(.usage, usageTo, isUsageValid), right(.support, supportTo, isSupportValid),
            products.joined(separator: " "),
        ]
    }
}
