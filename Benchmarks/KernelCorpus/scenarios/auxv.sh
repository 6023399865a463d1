# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# before: 336
# after: 48
# program: auxv.c
trigger() { auxv; }
