# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# before: accepted
# after: Invalid argument
# program: timens.c
trigger() { timens; }
busy() { cat /proc/cmdline; ls /proc; }
hold() { exec 7</proc/self/stat; }
release() { exec 7<&-; }
