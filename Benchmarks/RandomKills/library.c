// SPDX-License-Identifier: Apache-2.0
// The library that is patched: the fix changes two functions, which must never differ for long.

int first(int x) {
    if (x)
        return x * 31 + 7;
    return 1;
}

int second(int x) {
    if (x)
        return x * 29 + 5;
    return 1;
}
