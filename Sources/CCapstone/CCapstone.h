// SPDX-License-Identifier: Apache-2.0
//
// Capstone, the disassembler: Debian's libcapstone-dev, 4.0 or newer. Only Disassembly/Disassembler.swift imports it.
#ifndef CCAPSTONE_H
#define CCAPSTONE_H

#include <capstone/capstone.h>

#endif
