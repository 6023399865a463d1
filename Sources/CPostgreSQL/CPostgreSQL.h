// SPDX-License-Identifier: Apache-2.0
//
// libpq, the client of PostgreSQL: Debian's libpq-dev. Only ServiceStore/PostgreSQL/PostgreSQLConnection.swift imports it.
#ifndef CPOSTGRESQL_H
#define CPOSTGRESQL_H

#include <postgresql/libpq-fe.h>

#endif
