// SPDX-License-Identifier: Apache-2.0
// The library that is patched: the fix makes answer() return 2.

int answer(int x) {
    if (x)
        return x * 31 + 7;
    return 1;
}
